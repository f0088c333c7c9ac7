import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type GuardPlace, judgeCommand } from "../../../src/agents/guard.ts";
import { shellCommands } from "../../../src/agents/shell_commands.ts";

const place: GuardPlace = {
  target: "main",
  branch: "gt/cs-login",
  worktree: "/town/rigs/csm/workers/3",
  cwd: "/town/rigs/csm/workers/3",
  exists: (path) => ["/town/rigs/csm/workers/3/src/a.ts", "/town/rigs/csm/workers/3"].includes(path),
};

const blocked: [command: string, says: RegExp][] = [
  ["git push origin main", /Only the refinery pushes to main/],
  ["git push origin HEAD:main", /gt done/],
  ["git push origin HEAD:refs/heads/main", /gt done/],
  ["git push origin gt/cs-login:main", /gt done/],
  ["cd src && git push origin main", /gt done/],
  ["git push --force", /force-push/i],
  ["git push -f origin gt/cs-login", /force-push/i],
  ["git push -uf origin gt/cs-login", /force-push/i],
  ["git push --force-with-lease=gt/cs-login", /force-push/i],
  ["git push origin +gt/cs-login", /force-push/i],
  ["git push origin --delete gt/cs-login", /deleting/],
  ["git push origin :gt/cs-login", /Deleting/],
  ["git push --all", /gt done/],
  ["git push --mirror", /gt done/],
  ["git -C . push origin main", /gt done/],
  ["git -c user.name=x push origin main", /gt done/],
  ["/usr/bin/git push origin main", /gt done/],
  ["GIT_TRACE=1 git push origin main", /gt done/],
  ["env A=b git push origin main", /gt done/],
  ["sudo -E git push origin main", /gt done/],
  ["timeout 5 git push origin main", /gt done/],
  ["sh -c 'git push origin main'", /gt done/],
  ['bash -lc "cd x; git push origin main"', /gt done/],
  ["echo $(git push origin main)", /gt done/],
  ['echo "$(git push origin main)"', /gt done/],
  ["echo `git push origin main`", /gt done/],
  ["if true; then git push origin main; fi", /gt done/],
  ["git push \\\n  origin main", /gt done/],
  ['git push "origin" "main"', /gt done/],
  ["true || git push origin main 2>&1 | tail", /gt done/],
  ["git checkout main", /stay on it/],
  ["git checkout -b other", /stay on it/],
  ["git checkout -", /stay on it/],
  ["git checkout --detach", /stay on it/],
  ["git checkout src/gone.ts", /git restore FILE/],
  ["git switch main", /stay on it/],
  ["git switch -c other", /stay on it/],
  ["git symbolic-ref HEAD refs/heads/main", /stay on it/],
  ["git update-ref refs/heads/main HEAD", /stay on it/],
  ["git update-ref -d refs/heads/x", /kept/],
  ["git branch -D gt/cs-login", /kept/],
  ["git branch -d x", /kept/],
  ["git branch --delete x", /kept/],
  ["git branch -m other", /kept/],
  ["git branch -f main HEAD", /stay on it/],
  ["git worktree remove .", /made and removed by gt/],
  ["git worktree add ../other", /made and removed by gt/],
  ["git worktree prune", /made and removed by gt/],
  ["rm -rf /town/rigs/csm/workers/3", /remove your worktree/],
  ["rm -rf ..", /remove your worktree/],
  ["rm -rf .git", /remove your worktree/],
  ["rm -rf ./", /remove your worktree/],
  ["cd / && rm -rf /town", /remove your worktree/],
];

const allowed = [
  "git status",
  "git push",
  "git push origin gt/cs-login",
  "git push -u origin HEAD",
  "git push origin HEAD:refs/heads/gt/cs-login",
  "git commit -m 'push to main: git push origin main'",
  'git commit -m "git push origin main"',
  "echo git push origin main",
  "git log origin/main..HEAD",
  "git fetch origin main && git merge origin/main",
  "git rebase origin/main",
  "git checkout src/a.ts",
  "git checkout -- src/gone.ts",
  "git checkout HEAD~1 src/gone.ts",
  "git checkout --ours -- menu.txt",
  "git checkout gt/cs-login",
  "git switch gt/cs-login",
  "git restore src/gone.ts",
  "git branch",
  "git branch --list 'gt/*'",
  "git branch --show-current",
  "git worktree list",
  "git reset --hard HEAD",
  "git stash",
  "git update-ref refs/heads/x HEAD",
  "rm -rf node_modules",
  "rm -rf src/a.ts build/",
  "npm test # git push origin main",
  "grep -rn 'git push origin main' docs",
  "",
];

describe("guard", () => {
  for (const [command, says] of blocked) {
    it(`blocks ${JSON.stringify(command)}`, () => {
      const reason = judgeCommand(command, place);
      assert(reason !== undefined && says.test(reason), String(reason));
    });
  }

  for (const command of allowed) {
    it(`lets ${JSON.stringify(command)} through`, () =>
      assertEquals(judgeCommand(command, place), undefined));
  }

  it("knows the branch that work lands on by the session, not by its name", () => {
    assert(judgeCommand("git push origin develop", { ...place, target: "develop" }) !== undefined);
    assertEquals(judgeCommand("git push origin develop", place), undefined);
  });

  it("reads nonsense without harm", () => {
    for (const line of ["git push 'origin", 'git "', "$(", "`git", "git push \\", ";;;&&||", "((((", "#"]) {
      shellCommands(line);
      judgeCommand(line, place);
    }
  });
});
