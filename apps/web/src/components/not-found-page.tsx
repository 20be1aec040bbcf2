import { Link } from "@tanstack/react-router";
import { texts } from "../texts.ts";
import { EmptyState } from "./empty-state.tsx";

export function NotFoundPage() {
  return (
    <main>
      <EmptyState level="h1" title={texts.notFound.title} actions={<Link to="/">{texts.notFound.back}</Link>}>
        {texts.notFound.text}
      </EmptyState>
    </main>
  );
}
