import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parse } from "smol-toml";
import { tomlPlaces } from "../../../../src/molecules/import/toml_places.ts";

/** Each number is that of the line it stands in, and each text holds it. */
const TEXT = String.raw`# The first
# comment

"a b" = 4 # behind
'c' . d = 5
"\u00e9.x" = 6
# above e
e = 'L8 """' # not """ a text
# above f
f = """L10""" # """
g = """
L11 [[steps]]
id = "x" \""" """" # L11
h = '''L14
[x] # no comment
x = 1''''
# above i
i = [ # in i
  "L19", 'L19 ]', """L19
[[steps]]""", # more of i
  [ 21, { j = 21, k = [ 21 ] } ],
]
steps = [ { id = "L23", n.m = 23 },
  { id = "L24",
    list = [ "L25 }" ] } ]
date = 1979-05-27 07:32:00 # L26

[[t]]
id = "L29"
  [t.gate] # behind gate
  type = "L31"
  [[t.body]]
  id = "L33"
  [[t.body.body]]
  id = "L35"
[[t]]
id = "L37 \" # no comment"
[[t.body]]
id = 'L39 \'
[ "x.y" . z ]
id = "L41"
# last
`;

/** The paths of all values that are neither tables nor lists, with the number in them. */
function* values(value: unknown, path = ""): Generator<[path: string, line: number]> {
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    for (const [key, inner] of Object.entries(value)) {
      yield* values(inner, path === "" ? key : `${path}.${key}`);
    }
  } else if (typeof value === "number") yield [path, value];
  else if (typeof value === "string") yield [path, Number(/L(\d+)/.exec(value)?.[1])];
  else yield [path, 26];
}

describe("the places of a TOML text", () => {
  const places = tomlPlaces(TEXT);

  it("are the lines on which values begin, whatever stands in texts and comments", () => {
    const expected = [...values(parse(TEXT))];
    assertEquals(expected.length, 25);
    assertEquals(expected.map(([path]) => [path, places.lines.get(path)]), expected);
    assertEquals(
      ["steps", "steps.1", "t.0", "t.0.gate", "t.0.body.0.body.0", "t.1", "x.y.z"].map((path) =>
        places.lines.get(path)
      ),
      [23, 24, 28, 30, 34, 36, 40],
    );
  });

  it("have the comments that stand above, in and behind them", () => {
    assertEquals(places.header, ["The first", "comment"]);
    assertEquals(places.footer, ["last"]);
    assertEquals(Object.fromEntries(places.comments), {
      "a b": ["behind"],
      e: ["above e", 'not """ a text'],
      f: ["above f", '"""'],
      g: ["L11"],
      i: ["above i", "in i", "more of i"],
      date: ["L26"],
      "t.0.gate": ["behind gate"],
    });
  });
});
