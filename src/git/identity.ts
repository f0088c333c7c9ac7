import type { Git } from "./git.ts";

/** Who makes a commit. */
export interface Person {
  name: string;
  email: string;
}

/** The author of commits that this program makes for itself, and of all others when the user has told git nothing. */
export const ownIdentity: Person = { name: "gt", email: "gt@localhost" };

/** Environment that makes a person both author and committer. */
export function identityVariables(person: Person): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: person.name,
    GIT_AUTHOR_EMAIL: person.email,
    GIT_COMMITTER_NAME: person.name,
    GIT_COMMITTER_EMAIL: person.email,
  };
}

/** Environment that supplies {@linkcode ownIdentity} where the user's configuration, seen from a folder, has none. */
export async function identityFallback(git: Git, folder: string): Promise<Record<string, string>> {
  const finished = await git.run(folder, ["config", "--get-regexp", "^(user|author|committer)\\."], {
    read: true,
  });
  const configured = new Set(
    finished.stdout.split("\n").map((line) => line.split(" ", 1)[0]!.toLowerCase()),
  );
  const fallback: Record<string, string> = {};
  for (const role of ["author", "committer"]) {
    for (const part of ["name", "email"] as const) {
      const variable = `GIT_${role}_${part}`.toUpperCase();
      const known = configured.has(`user.${part}`) || configured.has(`${role}.${part}`);
      if (!known && git.ports.env.get(variable) === undefined) fallback[variable] = ownIdentity[part];
    }
  }
  return fallback;
}
