import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazyRouteComponent, Outlet, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { failureOf, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { Brand } from "../../components/brand.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Shell } from "../../components/shell.tsx";
import { usePasswordAsked } from "../../reauth.ts";
import { beginSession, useSessionOver } from "../../session.ts";
import { texts } from "../../texts.ts";
import classes from "./sign-in.module.css";

const SignInOver = lazyRouteComponent(() => import("./sign-in-over.tsx"), "SignInOver");
const OwnPasswordPage = lazyRouteComponent(() => import("../password/own-password-page.tsx"), "OwnPasswordPage");
const PasswordAgain = lazy(() => import("./password-again.tsx").then((module) => ({ default: module.PasswordAgain })));

/** Lets in whoever is signed in. When a session ends later, the page stays and a sign-in stands over it. */
export function Gate() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const isOver = useSessionOver();
  const isAsked = usePasswordAsked();
  const me = useQuery(trpc.auth.me.queryOptions());

  if (me.data === undefined) {
    if (me.isPending) return <Opening />;
    if (failureOf(me.error).reason === "unauthenticated") return <ToSignIn />;
    return (
      <main className={classes.blank}>
        <FailureNote error={me.error} onRetry={() => void me.refetch()} />
      </main>
    );
  }

  const signedInAs = me.data.user;
  const askAgain = () => queries.invalidateQueries(trpc.auth.me.queryFilter());
  if (signedInAs.mustChangePassword && !isOver) {
    return (
      <Suspense fallback={<Opening />}>
        <OwnPasswordPage me={signedInAs} onChanged={askAgain} />
      </Suspense>
    );
  }
  return (
    <>
      <Shell me={signedInAs}>
        <Outlet />
      </Shell>
      {isAsked ? (
        <Suspense>
          <PasswordAgain username={signedInAs.username} />
        </Suspense>
      ) : null}
      {isOver ? (
        <Suspense>
          <SignInOver
            username={signedInAs.username}
            onSignedIn={async (user) => {
              beginSession();
              // Somebody else sees nothing that was read for the one before.
              if (user.id !== signedInAs.id) queries.clear();
              await askAgain();
              await queries.refetchQueries({ type: "active", predicate: (query) => query.state.status === "error" });
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** Leads to the sign-in, which leads back to the page that was asked for. */
function ToSignIn() {
  const router = useRouter();
  useEffect(() => {
    void router.navigate({ to: "/sign-in", search: { to: router.latestLocation.href }, replace: true });
  }, [router]);
  return null;
}

/** What stands here until it is known who is signed in. */
function Opening() {
  return (
    <main className={classes.opening} aria-busy>
      <AfterDelay ms={150}>
        <Brand size={36} word={false} />
        <p role="status">{texts.signIn.opening}</p>
      </AfterDelay>
    </main>
  );
}
