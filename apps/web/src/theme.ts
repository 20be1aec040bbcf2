import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from "@mantine/core";
import { texts } from "./texts.ts";
import { highTokens, type Scheme, type Token, tokens } from "./tokens.ts";

const accent: MantineColorsTuple = [
  "#EAF4FA",
  "#D3E8F5",
  "#A5D5F3",
  tokens.dark.accent,
  "#4BA9DF",
  "#2C8FC8",
  "#1676AD",
  tokens.light.accent,
  "#074A74",
  "#053A5C",
];

/** The library draws fields, lines and hovers from these two rows of shades. */
const dark: MantineColorsTuple = [
  tokens.dark.text,
  "#C9D0D9",
  tokens.dark.muted,
  tokens.dark.muted,
  tokens.dark.line,
  tokens.dark.line,
  tokens.dark.surface,
  tokens.dark.raised,
  tokens.dark.page,
  "#090B0E",
];
const gray: MantineColorsTuple = [
  tokens.light.page,
  tokens.light.hover,
  tokens.light.line,
  tokens.light.line,
  tokens.light.control,
  tokens.light.muted,
  tokens.light.muted,
  "#424B57",
  "#2A313B",
  tokens.light.text,
];

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 3 },
  // Filled in accent, whose dark shade is light: the words on it are dark there.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    return input.variant === "filled" ? { ...colors, color: "var(--onAccent)" } : colors;
  },
  colors: { accent, dark, gray },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: "ui-monospace, Menlo, Consolas, monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.4", sm: "1.54", md: "1.571", lg: "1.5", xl: "1.4" },
  spacing: { xs: "0.25rem", sm: "0.5rem", md: "0.75rem", lg: "1rem", xl: "1.5rem" },
  radius: { xs: "6px", sm: "6px", md: "6px", lg: "6px", xl: "999px" },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm", variant: "filled" } },
    Modal: {
      defaultProps: {
        // The page scrolls inside its own panes, so there is no body scroll to lock.
        lockScroll: false,
        closeButtonProps: { "aria-label": texts.keys.close },
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { transition: "fade", duration: 120, exitDuration: 80 },
      },
    },
    Checkbox: { defaultProps: { iconColor: "var(--onAccent)" } },
    Popover: {
      defaultProps: { shadow: "md", transitionProps: { transition: "fade", duration: 120, exitDuration: 80 } },
    },
    Menu: {
      defaultProps: {
        shadow: "md",
        withInitialFocusPlaceholder: false,
        transitionProps: { transition: "fade", duration: 120, exitDuration: 80 },
      },
    },
    Tooltip: { defaultProps: { openDelay: 250, events: { hover: true, focus: true, touch: true }, multiline: true } },
  },
});

type Palette = Readonly<Record<Scheme, Readonly<Record<Token, string>>>>;

const schemeVariables = (palette: Palette, scheme: Scheme): Record<string, string> => {
  const own = Object.entries(palette[scheme]).map(([name, value]) => [`--${name}`, value]);
  return {
    ...Object.fromEntries(own),
    "--mantine-color-body": "var(--raised)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-bright": "var(--text)",
    "--mantine-color-dimmed": "var(--muted)",
    "--mantine-color-placeholder": "var(--muted)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--text)",
    "--mantine-color-default-border": "var(--control)",
    "--mantine-color-error": "var(--error-text)",
    "--mantine-color-disabled": "var(--hover)",
    "--mantine-color-disabled-color": "var(--muted)",
    "--mantine-color-disabled-border": "var(--line)",
    "--error-text": scheme === "light" ? palette.light.high : "#FF8A66",
  };
};

/** Gives the tokens to the page as CSS variables and makes the controls use them. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: schemeVariables(tokens, "light"),
  dark: schemeVariables(tokens, "dark"),
});

/** What the library takes from the accent's own shades, which know no high contrast. */
const highAccent = {
  "--mantine-color-accent-filled": "var(--accent)",
  "--mantine-color-accent-filled-hover": "var(--accent)",
  "--mantine-color-accent-text": "var(--accent)",
  "--mantine-color-accent-light-color": "var(--accent)",
  "--mantine-color-accent-outline": "var(--accent)",
  "--mantine-primary-color-filled": "var(--accent)",
};

/** The same with the tokens of high contrast. */
export const highContrastVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...schemeVariables(highTokens, "light"), ...highAccent },
  dark: { ...schemeVariables(highTokens, "dark"), ...highAccent },
});
