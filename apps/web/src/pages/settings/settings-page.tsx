import { Button, Kbd, NativeSelect, TextInput } from "@mantine/core";
import { getRouteApi, Link, useLocation } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useRef } from "react";
import { AfterDelay } from "../../components/after-delay.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import states from "../../components/states.module.css";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import { useNames } from "./people-names.ts";
import { inAreas, isNotYet, matches } from "./setting-areas.ts";
import { useSettings } from "./setting-changes.ts";
import { SettingRow } from "./setting-row.tsx";
import classes from "./settings.module.css";
import { SettingsBar, SettingsSaved } from "./settings-bar.tsx";
import { settingsTexts as words } from "./settings-texts.ts";

const route = getRouteApi("/app/settings");

export function SettingsPage() {
  const mayConfigure = useMay("system.config");
  if (!mayConfigure) return <NotPermitted title={words.title} feature="system.config" />;
  return <AllSettings />;
}

const areaId = (area: string): string => `area-${area}`;

/** Brings what the address names into view, once it is there. */
const useShown = (id: string | null, isThere: boolean): void => {
  useEffect(() => {
    if (!isThere || id === null) return;
    const shown = document.getElementById(id);
    shown?.scrollIntoView({ block: "start" });
    shown?.focus({ preventScroll: true });
  }, [id, isThere]);
};

function AllSettings() {
  const settings = useSettings();
  const { q = "", area } = route.useSearch();
  const navigate = route.useNavigate();
  const hash = useLocation({ select: (location) => location.hash });
  const searchField = useRef<HTMLInputElement>(null);
  const nameOf = useNames(settings.settings, settings.entries);
  const isThere = settings.read.isSuccess;
  useShown(hash !== "" ? hash : area ? areaId(area) : null, isThere);
  usePageKeys({ "/": () => searchField.current?.focus() });

  const shown = inAreas(settings.settings.filter((setting) => matches(setting, q)));
  const search = (text: string) =>
    void navigate({ search: text.trim() === "" ? {} : { q: text }, replace: true, hash: "" });
  const { read } = settings;
  return (
    <Page title={words.title}>
      <div className={classes.columns}>
        <div className={classes.side}>
          <search aria-label={words.searchLabel}>
            <TextInput
              ref={searchField}
              type="search"
              className={classes.search}
              label={words.searchLabel}
              placeholder={words.search}
              leftSection={<Search size={15} aria-hidden />}
              rightSection={<Kbd size="xs">/</Kbd>}
              value={q}
              onChange={(event) => search(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Escape") event.currentTarget.blur();
              }}
            />
          </search>
          <nav className={classes.areas} aria-label={words.areasLabel}>
            {shown.map(({ area: one }) => (
              <Link
                key={one}
                to="/settings"
                search={{ ...(q !== "" && { q }), area: one }}
                className={classes.area}
                aria-current={one === area ? "true" : undefined}
              >
                {words.areas[one]}
              </Link>
            ))}
          </nav>
          <NativeSelect
            className={classes.areaChoice}
            label={words.area}
            data={[
              { value: "", label: words.anyArea },
              ...shown.map(({ area: one }) => ({ value: one, label: words.areas[one] ?? one })),
            ]}
            value={area ?? ""}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              void navigate({ search: { ...(q !== "" && { q }), ...(chosen !== "" && { area: chosen }) } });
            }}
          />
        </div>
        <div className={classes.stack}>
          <SettingsSaved settings={settings} nameOf={nameOf} />
          {read.isError && !read.data ? (
            <FailureNote
              title={texts.failure.title}
              error={read.error}
              holds={texts.failure.holds}
              onRetry={() => void read.refetch()}
            />
          ) : null}
          {read.isPending ? <Loading /> : null}
          {isThere && shown.length === 0 ? (
            <EmptyState
              title={words.filteredTitle}
              actions={
                <Button variant="default" onClick={() => search("")}>
                  {words.clear}
                </Button>
              }
            >
              {words.filtered}
            </EmptyState>
          ) : null}
          {shown.map(({ area: one, settings: some }) => (
            <section key={one} className={classes.panel} aria-labelledby={areaId(one)}>
              <h2 id={areaId(one)} className={classes.section} tabIndex={-1}>
                {words.areas[one]}
              </h2>
              {some.every(({ key }) => isNotYet(key)) ? <p className={classes.hint}>{words.notYet}</p> : null}
              {some.map((setting) => (
                <SettingRow key={setting.key} setting={setting} settings={settings} nameOf={nameOf} />
              ))}
            </section>
          ))}
          <SettingsBar settings={settings} nameOf={nameOf} />
        </div>
      </div>
    </Page>
  );
}

function Loading() {
  return (
    <AfterDelay ms={150}>
      <div className={classes.panel} aria-busy aria-label={words.loading} role="status">
        {[38, 62, 44, 58, 40, 66].map((width) => (
          <div key={width} className={classes.loadingRow}>
            <div className={states.skeleton} style={{ inlineSize: `${width}%` }} />
          </div>
        ))}
      </div>
    </AfterDelay>
  );
}
