import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { placeOf, townPaths } from "../../../src/town/paths.ts";

const paths = townPaths("/home/jö/my town");

describe("the paths of a town", () => {
  it("hang on its root", () => {
    const rig = paths.rig("csm");
    assertEquals(
      [paths.config, paths.tmuxConf, rig.repository, rig.worker(3), rig.crew("ann"), rig.refinery],
      [
        "town.yaml",
        ".gt/tmux.conf",
        "rigs/csm/repo.git",
        "rigs/csm/workers/3",
        "rigs/csm/crew/ann",
        "rigs/csm/refinery",
      ]
        .map((path) => `/home/jö/my town/${path}`),
    );
  });
});

describe("the place of a folder in a town", () => {
  const cases: [folder: string, place: ReturnType<typeof placeOf>][] = [
    ["", {}],
    ["rigs", {}],
    ["molecules", {}],
    ["../elsewhere", {}],
    ["rigs/csm", { rig: "csm" }],
    ["rigs/csm/workers", { rig: "csm" }],
    ["rigs/csm/workers/3", { rig: "csm", worker: "3" }],
    ["rigs/csm/workers/3/src/a b", { rig: "csm", worker: "3" }],
    ["rigs/csm/crew/ann/docs", { rig: "csm", crew: "ann" }],
    ["rigs/csm/refinery", { rig: "csm", refinery: true }],
    ["rigs/csm/repo.git/refs", { rig: "csm" }],
  ];
  for (const [folder, place] of cases) {
    it(`is ${JSON.stringify(place)} for "${folder}"`, () => {
      assertEquals(
        placeOf(paths, folder ? `/home/jö/my town/${folder}`.replace("my town/../", "") : paths.root),
        place,
      );
    });
  }
});
