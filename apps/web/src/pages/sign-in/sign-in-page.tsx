import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { Brand } from "../../components/brand.tsx";
import { OfflineNote } from "../../components/offline-note.tsx";
import { beginSession, returnPath } from "../../session.ts";
import { texts } from "../../texts.ts";
import classes from "./sign-in.module.css";
import { SignInForm } from "./sign-in-form.tsx";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { to } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  useEffect(() => {
    document.title = `${texts.signIn.title} · ${texts.product}`;
  }, []);
  return (
    <>
      <OfflineNote />
      <main className={classes.page}>
        <div className={classes.card}>
          <Brand size={36} word={false} />
          <h1 className={classes.title}>{texts.product}</h1>
          <p className={classes.tagline}>{texts.signIn.tagline}</p>
          <SignInForm
            onSignedIn={() => {
              queries.clear();
              beginSession();
              router.history.replace(returnPath(to));
            }}
          />
        </div>
        <p className={classes.note}>{texts.signIn.note}</p>
      </main>
    </>
  );
}
