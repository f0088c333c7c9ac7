import type { CommandTable } from "../cli/program.ts";

/** Every command of `gt`, in alphabetical order: the words, and the file that is loaded when they are called. */
export const gtTable: CommandTable = {
  "agent list": () => import("./gt/agent/list.ts"),
  "agent show": () => import("./gt/agent/show.ts"),
  "complete": () => import("./gt/complete.ts"),
  "completion": () => import("./gt/completion.ts"),
  "config get": () => import("./gt/config/get.ts"),
  "config list": () => import("./gt/config/list.ts"),
  "config path": () => import("./gt/config/path.ts"),
  "config schema": () => import("./gt/config/schema.ts"),
  "config set": () => import("./gt/config/set.ts"),
  "config unset": () => import("./gt/config/unset.ts"),
  "demo": () => import("./gt/demo.ts"),
  "done": () => import("./gt/done.ts"),
  "hook": () => import("./gt/hook.ts"),
  "install": () => import("./gt/install.ts"),
  "shell-init": () => import("./gt/shell_init.ts"),
  "sling": () => import("./gt/sling.ts"),
  "unsling": () => import("./gt/unsling.ts"),
  "version": () => import("./gt/version.ts"),
  "worker list": () => import("./gt/worker/list.ts"),
  "worker logs": () => import("./gt/worker/logs.ts"),
  "worker show": () => import("./gt/worker/show.ts"),
  "worker start": () => import("./gt/worker/start.ts"),
  "worker stop": () => import("./gt/worker/stop.ts"),
};
