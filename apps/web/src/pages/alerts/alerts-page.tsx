import { Tabs } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Receipt } from "../../api.ts";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { useMay } from "../../me.ts";
import { type AlertSearch, type Tab, tabs } from "./alert-search.ts";
import classes from "./alerts.module.css";
import { alertsTexts as words } from "./alerts-texts.ts";
import { ChannelsPanel } from "./channels-panel.tsx";
import { DeliveriesPanel } from "./deliveries-panel.tsx";
import { HealthNote } from "./health-note.tsx";
import { OpenPanel } from "./open-panel.tsx";
import { RulePanel } from "./rule-panel.tsx";
import { RulesPanel } from "./rules-panel.tsx";
import { useReadAnew } from "./use-alerts.ts";

const route = getRouteApi("/app/alerts");

export type Show = (done: Receipt, sentence?: string) => void;
export type Go = (search: AlertSearch) => void;

export function AlertsPage() {
  const mayRead = useMay("alerts.read");
  if (!mayRead) return <NotPermitted title={words.title} feature="alerts.read" />;
  return <Alerts />;
}

function Alerts() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const readAnew = useReadAnew();
  const [done, setDone] = useState<{ receipt: Receipt; sentence: string | null } | null>(null);
  const tab: Tab = search.tab ?? "open";
  const go: Go = (next) => void navigate({ search: next });
  const choose = (name: string | null) => {
    const next = tabs.find((one) => one === name) ?? "open";
    go(next === "open" ? {} : { tab: next });
  };
  const step = (by: 1 | -1) => choose(tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length] ?? "open");
  usePageKeys({ "]": () => step(1), "[": () => step(-1) });
  const show: Show = (receipt, sentence) => {
    setDone({ receipt, sentence: sentence ?? null });
    readAnew();
  };
  return (
    <Page title={words.title}>
      {done ? (
        <div className={classes.note}>
          <ReceiptNote done={done.receipt} sentence={done.sentence} onDismiss={() => setDone(null)} />
        </div>
      ) : null}
      <HealthNote go={go} />
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List className={classes.tabs ?? ""} aria-label={words.tabsLabel}>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="open">
          <OpenPanel search={search} go={go} show={show} />
        </Tabs.Panel>
        <Tabs.Panel value="rules">
          {search.rule === undefined ? (
            <RulesPanel go={go} />
          ) : (
            <RulePanel key={search.rule} wanted={search.rule} go={go} show={show} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="channels">
          <ChannelsPanel show={show} />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <DeliveriesPanel search={search} go={go} show={show} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
