const plural = (value: number, one: string, many: string) => `${value} ${value === 1 ? one : many}`;

/** The words of one's own page, apart from the others: they are loaded with it. */
export const profileTexts = {
  title: "Profile",
  who: {
    title: "Who you are",
    name: "Name",
    username: "User name",
    roles: "Roles",
    noRoles: "none; without a role nothing but this page opens",
    hint: "Name and roles are changed by others, never by yourself.",
    activity: "What you did, in the log",
  },
  may: {
    title: "What you may do",
    none: "Nothing yet. An administrator gives rights with a role.",
    of: (n: number) => plural(n, "right", "rights"),
  },
  password: {
    title: "Password",
    change: "Change password",
    cancel: "Leave it as it is",
  },
  sessions: {
    title: "Where you are signed in",
    loading: "Reading your sessions",
    unknown: "A device that did not say what it is",
    thisOne: "this one",
    from: (address: string) => `from ${address}`,
    since: (when: string) => `Signed in ${when}`,
    used: (when: string) => `last used ${when}`,
    end: "End",
    endOf: (device: string, when: string) => `End the session on ${device}, signed in ${when}`,
    endOthers: "End all others",
    noOthers: "No other session is open.",
    ending: "Ending…",
    ended: (n: number) =>
      n === 0
        ? "No other session was open."
        : `${plural(n, "session has", "sessions have")} ended; each asks for the password again.`,
    hint: "A session that you do not know: end it, and change your password.",
  },
  appearance: {
    title: "Appearance",
    kept: "Kept in this browser only; nothing of it is recorded.",
    scheme: "Colours",
    schemes: { auto: "As the system", light: "Light", dark: "Dark" },
    contrast: "Contrast",
    contrasts: { system: "As the system", more: "High" },
    contrastHint: "High: text at least 7:1 on its ground, darker lines.",
  },
  reading: {
    title: "Reading and keys",
    zone: "Times",
    zones: { local: (name: string) => `Of this device (${name})`, utc: "UTC" },
    zoneHint: "Where an address does not say otherwise.",
    density: "Rows of lists",
    densities: { regular: "Regular", compact: "Compact" },
    keys: "Single letters are keys",
    keysHint: "Such as J, K and G L. Off, they do nothing; Ctrl and arrow keys stay.",
  },
} as const;
