/** One screen of a recording: when it was first seen, in ms, and its lines with their escape sequences. */
export interface Frame {
  at: number;
  lines: string[];
}

/** Size of the terminal, and how long the last screen stands, in ms. */
export interface Recording {
  columns: number;
  rows: number;
  rest: number;
}

interface Run {
  text: string;
  column: number;
  classes: string[];
}

const charWidth = 8.4;
const lineHeight = 18;
const margin = 16;
const colours = ["#6e7681", "#f47067", "#57ab5a", "#c69026", "#539bf5", "#b083f0", "#39c5cf", "#adbac7"];

/**
 * An animated picture of a recording. Each line that differs is drawn once and used wherever it appears; the screens
 * stand side by side on a strip that moves behind a window. Without animation the last screen shows.
 */
export function svgOf(frames: readonly Frame[], recording: Recording): string {
  const { columns, rows, rest } = recording;
  const width = Math.ceil(columns * charWidth + 2 * margin);
  const height = rows * lineHeight + 2 * margin;
  const ids = new Map<string, string>();
  const screens = frames.map((frame, at) => {
    const uses = frame.lines.slice(0, rows).flatMap((line, row) => {
      if (plainLength(line) === 0) return [];
      if (!ids.has(line)) ids.set(line, `l${ids.size}`);
      return `<use href="#${ids.get(line)}" y="${margin + (row + 1) * lineHeight - 5}"/>`;
    });
    return `<g transform="translate(${at * width})">${uses.join("")}</g>`;
  });
  const total = frames.at(-1)!.at + rest;
  const steps = frames.map((frame, at) =>
    `${(100 * frame.at / total).toFixed(2)}%{transform:translateX(${-at * width}px)}`
  );
  const last = -(frames.length - 1) * width;
  const style = [
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#adbac7;white-space:pre}",
    ".b{font-weight:600}.d{fill-opacity:.6}",
    ...colours.map((colour, at) => `.c${at}{fill:${colour}}`),
    `#strip{transform:translateX(${last}px);animation:play ${(total / 1000).toFixed(2)}s step-end infinite}`,
    `@keyframes play{${steps.join("")}100%{transform:translateX(${last}px)}}`,
    "@media (prefers-reduced-motion:reduce){#strip{animation:none}}",
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    "<title>gt demo, recorded in a terminal</title>",
    `<style>${style.join("\n")}</style>`,
    `<defs>${[...ids].map(([line, id]) => drawnLine(line, id)).join("\n")}</defs>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#1c2128"/>`,
    `<g id="strip">${screens.join("\n")}</g>`,
    "</svg>",
    "",
  ].join("\n");
}

function drawnLine(line: string, id: string): string {
  const runs = runsOf(line).filter((run) => run.text.trim() !== "").map((run) => {
    const shift = run.text.length - run.text.trimStart().length;
    const x = (margin + (run.column + shift) * charWidth).toFixed(1);
    const classes = run.classes.length > 0 ? ` class="${run.classes.join(" ")}"` : "";
    return `<tspan x="${x}"${classes}>${escaped(run.text.trim())}</tspan>`;
  });
  return `<text id="${id}" xml:space="preserve">${runs.join("")}</text>`;
}

/** The pieces of a line that look alike. */
function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let look = { bold: false, dim: false, colour: undefined as number | undefined };
  let column = 0;
  // deno-lint-ignore no-control-regex
  for (const part of line.split(/(\x1b\[[0-9;]*m|\x1b[()][0-9A-Z]|[\x0e\x0f])/)) {
    // deno-lint-ignore no-control-regex
    const codes = /^\x1b\[([0-9;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) look = codes.split(";").reduce((now, code) => changed(now, Number(code)), look);
    else if (part !== "" && part.charCodeAt(0) >= 0x20) {
      const { bold, dim, colour } = look;
      const classes = [bold ? "b" : "", dim ? "d" : "", colour === undefined ? "" : `c${colour}`];
      runs.push({ text: part, column, classes: classes.filter(Boolean) });
      column += [...part].length;
    }
  }
  return runs;
}

function changed<Look extends { bold: boolean; dim: boolean; colour: number | undefined }>(
  look: Look,
  code: number,
): Look {
  if (code === 0) return { ...look, bold: false, dim: false, colour: undefined };
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 39) return { ...look, colour: undefined };
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...look, colour: code % 10 };
  return look;
}

function plainLength(line: string): number {
  return runsOf(line).map(({ text }) => text).join("").trim().length;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
