/**
 * A stand-in for the model behind the Messages API: it answers every client by rules, on the loopback only.
 *
 * @module
 */

/** What a conversation is answered: its commands one after the other as calls of the Bash tool, then a text. */
export interface Rule {
  /** All of these occur in the conversation; the first rule that fits is the one. */
  when: readonly string[];
  commands?: readonly string[];
  say: string;
  /** It is refused instead: the status, and the service's word for the error. */
  refuse?: { status: number; type: string };
  /** With the command of this number the conversation is said to fill the model's window, so that the client compacts it. */
  fullAt?: number;
}

/** One request of a conversation with tools. */
export interface Asked {
  /** What the client sent last: the prompt with what its hooks added, or the result of a tool. */
  last: string;
  /** The whole conversation as it was sent. */
  whole: string;
  /** The tools it offers. */
  tools: readonly string[];
}

/** The stand-in while it runs. */
export interface ModelApi {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Puts rules before those there are. */
  add(...rules: readonly Rule[]): void;
  stop(): Promise<void>;
}

interface Part {
  type: string;
  text?: string;
  content?: unknown;
}

interface Request {
  model: string;
  stream?: boolean;
  messages?: { content: string | Part[] }[];
  tools?: { name: string }[];
}

type Block =
  | { type: "text"; text: string }
  | { type: "tool_use"; id: string; name: string; input: { command: string; description: string } };

interface Answer {
  content: Block[];
  reason: "end_turn" | "tool_use";
  /** How long the conversation is said to be. */
  tokens: number;
}

/** Starts it on a free port. */
export function startModelApi(): ModelApi {
  const rules: Rule[] = [];
  const asked: Asked[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/count_tokens")) return Response.json({ input_tokens: 100 });
    if (pathname !== "/v1/messages") return Response.json({}, { status: 404 });
    const body: Request = await request.json();
    const messages = body.messages ?? [];
    const whole = messages.map(({ content }) => textOf(content)).join("\n");
    const tools = (body.tools ?? []).map(({ name }) => name);
    if (tools.length > 0) asked.push({ last: textOf(messages.at(-1)?.content ?? ""), whole, tools });
    const rule = rules.find(({ when }) => when.every((text) => whole.includes(text)));
    if (rule?.refuse) {
      const { status, type } = rule.refuse;
      return Response.json({ type: "error", error: { type, message: rule.say } }, { status });
    }
    const answer = answerTo(body, rule);
    return body.stream ? streamed(body, answer) : Response.json({
      ...envelope(body, answer),
      content: answer.content,
      stop_reason: answer.reason,
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked,
    add: (...more) => void rules.unshift(...more),
    stop: () => server.shutdown(),
  };
}

/** How many commands have been answered says which one comes next, so that nothing has to be remembered. */
function answerTo(request: Request, rule: Rule | undefined): Answer {
  const results =
    (request.messages ?? []).filter(({ content }) =>
      Array.isArray(content) && content.some(({ type }) => type === "tool_result")
    ).length;
  const hasShell = (request.tools ?? []).some(({ name }) => name === "Bash");
  const command = hasShell ? rule?.commands?.[results] : undefined;
  if (command === undefined) {
    const text = rule?.say ?? "Nothing to do.";
    return { content: [{ type: "text", text }], reason: "end_turn", tokens: usual };
  }
  const input = { command, description: "The next step" };
  return {
    content: [{ type: "tool_use", id: `toolu_${crypto.randomUUID()}`, name: "Bash", input }],
    reason: "tool_use",
    tokens: rule?.fullAt === results ? full : usual,
  };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: Part) => part.text ?? textOf(part.content)).join("\n");
}

/** Tokens of a conversation, and of one that has to be compacted. */
const usual = 100;
const full = 190_000;

function envelope({ model }: Request, { tokens }: Pick<Answer, "tokens">): Record<string, unknown> {
  return {
    id: `msg_${crypto.randomUUID()}`,
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: tokens, output_tokens: 1 },
  };
}

function streamed(request: Request, answer: Answer): Response {
  const { content, reason } = answer;
  const lines: string[] = [];
  const send = (type: string, fields: Record<string, unknown>) =>
    lines.push(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  send("message_start", { message: envelope(request, answer) });
  for (const [index, block] of content.entries()) {
    const [begun, delta] = block.type === "text"
      ? [{ type: "text", text: "" }, { type: "text_delta", text: block.text }]
      : [{ ...block, input: {} }, { type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
    send("content_block_start", { index, content_block: begun });
    send("content_block_delta", { index, delta });
    send("content_block_stop", { index });
  }
  send("message_delta", {
    delta: { stop_reason: reason, stop_sequence: null },
    usage: { output_tokens: 25 },
  });
  send("message_stop", {});
  return new Response(lines.join(""), { headers: { "content-type": "text/event-stream" } });
}
