import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { useMay } from "../../me.ts";
import { ArchiveSection } from "./archive-section.tsx";
import classes from "./erasure.module.css";
import { ErasureSection } from "./erasure-section.tsx";
import { erasureTexts } from "./erasure-texts.ts";

export function ErasurePage() {
  const mayRead = useMay("retention.read");
  if (!mayRead) return <NotPermitted title={erasureTexts.title} feature="retention.read" />;
  return (
    <Page title={erasureTexts.title}>
      <Link to="/retention" className={classes.back}>
        <ArrowLeft size={14} aria-hidden />
        {erasureTexts.back}
      </Link>
      <ErasureSection />
      <ArchiveSection />
    </Page>
  );
}
