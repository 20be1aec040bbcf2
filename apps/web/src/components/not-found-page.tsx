import { Link } from "@tanstack/react-router";
import { texts } from "../texts.ts";
import { Brand } from "./brand.tsx";
import { EmptyState } from "./empty-state.tsx";
import classes from "./states.module.css";

export function NotFoundPage() {
  return (
    <main className={classes.bare}>
      <Brand size={36} word={false} />
      <EmptyState level="h1" title={texts.notFound.title} actions={<Link to="/">{texts.notFound.back}</Link>}>
        {texts.notFound.text}
      </EmptyState>
    </main>
  );
}
