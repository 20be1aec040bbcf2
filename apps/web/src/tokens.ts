/** The colours of both schemes. Text is at least 4.5:1 on every ground, marks and control borders 3:1 (tokens.test.ts). */
export const tokens = {
  light: {
    page: "#F6F7F9",
    surface: "#FFFFFF",
    raised: "#FFFFFF",
    text: "#16191F",
    muted: "#5A6472",
    line: "#DDE1E7",
    control: "#7F8998",
    accent: "#0A5C8F",
    info: "#868B93",
    low: "#1082E0",
    medium: "#C47D01",
    high: "#992504",
    critical: "#721353",
    hover: "#F0F2F5",
    selected: "#E6F0F7",
    removed: "#FBEAE6",
    added: "#E5F1FA",
  },
  dark: {
    page: "#0F1216",
    surface: "#171B21",
    raised: "#1E242C",
    text: "#E8ECF1",
    muted: "#A3AEBD",
    line: "#2A313B",
    control: "#667180",
    accent: "#6FC1F0",
    info: "#D5D8DC",
    low: "#0C81FA",
    medium: "#FDC703",
    high: "#E73908",
    critical: "#D23598",
    hover: "#1D222A",
    selected: "#1A2C3A",
    removed: "#3A1E18",
    added: "#152C3D",
  },
} as const satisfies Record<"light" | "dark", Record<string, string>>;

export type Scheme = keyof typeof tokens;
export type Token = keyof (typeof tokens)["light"];
