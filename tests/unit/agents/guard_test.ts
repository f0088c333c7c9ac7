import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { judgeCommand } from "../../../src/agents/guard.ts";
import { shellCommands } from "../../../src/agents/shell_commands.ts";
import { type GuardPlace, guardRules } from "../../../src/agents/guard_rules.ts";

const place: GuardPlace = {
  target: "main",
  branch: "gt/cs-login",
  worktree: "/town/rigs/csm/workers/3",
  cwd: "/town/rigs/csm/workers/3",
  town: "/town",
  home: "/home/ann",
  scratch: ["/tmp"],
  off: [],
  writable: ["/home/ann/shared"],
  deny: [{ command: "^npm publish|^terraform apply", reason: "Releases are made by people" }],
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
  ["mv . ../elsewhere", /remove your worktree/],
  ["gh pr merge 12 --squash", /Only the refinery merges/],
  ["cd /tmp/clone && git push origin main", /gt done/],
  ["bash <<'EOF'\ngit push origin main\nEOF", /gt done/],
  ["npm publish", /Releases are made by people/],
  ["cd app && npm  publish --tag x", /Releases are made by people/],
];

const outside: [command: string, path: string][] = [
  ["echo x > /etc/hosts", "/etc/hosts"],
  ["echo x >> ../4/notes.txt", "/town/rigs/csm/workers/4/notes.txt"],
  ["echo x >| ~/.bashrc", "/home/ann/.bashrc"],
  ["make &> /var/log/x", "/var/log/x"],
  ["make 2>/opt/errors", "/opt/errors"],
  ["cat <<EOF > $HOME/x\ntext\nEOF", "/home/ann/x"],
  ["echo x | sudo tee -a /etc/hosts", "/etc/hosts"],
  ["cp a.txt /opt/a.txt", "/opt/a.txt"],
  ["cp -t /opt a.txt b.txt", "/opt"],
  ["mv a.txt ../../x", "/town/rigs/csm/x"],
  ["mv /opt/a.txt .", "/opt/a.txt"],
  ["rm -rf /opt/x", "/opt/x"],
  ["touch /town/town.yaml", "/town/town.yaml"],
  ["mkdir -p /opt/x", "/opt/x"],
  ["sed -i s/a/b/ /opt/x", "/opt/x"],
  ["sed -i -e s/a/b/ /opt/x", "/opt/x"],
  ["perl -pi -e 's/a/b/' /opt/x", "/opt/x"],
  ["ln -s $PWD/a /usr/local/bin/a", "/usr/local/bin/a"],
  ["chmod +x /opt/x", "/opt/x"],
  ["dd if=/dev/zero of=/opt/x", "/opt/x"],
  ["curl -o /opt/x http://localhost/", "/opt/x"],
  ["tar -xf a.tar -C /opt", "/opt"],
  ["cd /opt && echo x > y", "/opt/y"],
  ["cd /opt; rm y", "/opt/y"],
  ["(cd /opt && touch y)", "/opt/y"],
  ["sh -c 'echo x > /opt/y'", "/opt/y"],
  ["git -C /opt/other commit -m x", "/opt/other"],
  ["cd /home/ann/site && git add -A", "/home/ann/site"],
  ["git -C ../4 checkout -- .", "/town/rigs/csm/workers/4"],
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
  "echo x > notes.txt",
  "echo x > /town/rigs/csm/workers/3/src/b.ts",
  "make > /dev/null 2>&1",
  "make 2>&1 | tee build.log",
  "echo x > /tmp/x && cp a /tmp/y && rm -rf /tmp/z",
  "cp /opt/template.txt .",
  "rsync -a src/ host:/srv/x",
  "touch /home/ann/shared/x",
  "cat > deploy.sh <<'EOF'\ngit push origin main\nrm -rf /\necho > /etc/x\nEOF\nchmod +x deploy.sh",
  "cat <<-EOF > a.html\n\t<p> /etc </p>\n\tEOF\n",
  "echo '<b> > /etc/x'",
  'git commit -m "a > /etc/x"',
  "cat <<< 'a > /etc/x'",
  "(cd /opt && ls) && echo x > notes.txt",
  'echo "$(cd /opt && ls)" > notes.txt',
  "cd $UNKNOWN && echo x > y",
  "rm -f $FILES",
  "sed -n 1p /etc/hosts",
  "sed s/a/b/ /etc/hosts > hosts",
  "find . -name '*.ts' -exec grep -l x {} +",
  "git -C /opt/other log",
  "cd /tmp/probe && git init && git checkout -b x && git commit -m x && git branch -D x",
  "git diff > change.patch",
  "[ $a -gt 3 ] && (( b > 4 )) && echo done",
  "npm run publish",
  "",
];

describe("guard", () => {
  for (const [command, says] of blocked) {
    it(`blocks ${JSON.stringify(command)}`, () => {
      const reason = judgeCommand(command, place)?.reason;
      assert(reason !== undefined && says.test(reason), String(reason));
    });
  }

  for (const [command, path] of outside) {
    it(`keeps ${JSON.stringify(command)} in the worktree`, () => {
      const objection = judgeCommand(command, place);
      assertEquals([objection?.rule, objection?.reason.split(" ")[3]], ["outside", `${path},`]);
    });
  }

  it("leaves to the agent what the town leaves to it", () => {
    const off = [...guardRules];
    for (const command of ["git push -f", "git checkout main", "git worktree prune", "echo > /etc/x"]) {
      assertEquals(judgeCommand(command, { ...place, off }), undefined);
    }
    assertEquals(judgeCommand("npm publish", { ...place, off })?.rule, "own");
    assertEquals(judgeCommand("git push -f", { ...place, off: ["outside"] })?.rule, "force");
  });

  for (const command of allowed) {
    it(`lets ${JSON.stringify(command)} through`, () =>
      assertEquals(judgeCommand(command, place), undefined));
  }

  it("knows the branch that work lands on by the session, not by its name", () => {
    assert(judgeCommand("git push origin develop", { ...place, target: "develop" }));
    assertEquals(judgeCommand("git push origin develop", place), undefined);
  });

  it("reads nonsense without harm", () => {
    for (const line of ["git push 'origin", 'git "', "$(", "`git", "git push \\", ";;;&&||", "((((", "#"]) {
      shellCommands(line);
      judgeCommand(line, place);
    }
  });
});
