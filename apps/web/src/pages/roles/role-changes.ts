import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC, useTRPCClient } from "../../api.ts";
import { useApproval } from "../../components/needs-approval.ts";
import { type Saved, saveEach } from "../../components/save-each.ts";
import {
  changesIn,
  type Draft,
  draftOf,
  emptyDraft,
  peopleOf,
  type Role,
  type RoleChange,
  turned,
} from "./role-draft.ts";

/** After an act on a role: what was read of roles, of one's own rights and of the log is no longer the newest. */
export const useNoteRoles = () => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return async () => {
    queries.removeQueries({ ...trpc.audit.list.pathFilter(), type: "inactive" });
    await Promise.all([
      queries.invalidateQueries(trpc.roles.pathFilter()),
      queries.invalidateQueries(trpc.auth.me.queryFilter()),
      queries.invalidateQueries(trpc.permits.assignees.pathFilter()),
    ]);
  };
};

/** Grants and revokes that wait, and what became of them once they were saved one by one. */
export const useRoleChanges = (roles: readonly Role[]) => {
  const client = useTRPCClient();
  const noteRoles = useNoteRoles();
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [saved, setSaved] = useState<readonly Saved<RoleChange>[]>([]);
  const [isWorking, setWorking] = useState(false);
  const [reason, setReason] = useState("");
  const waits = { given: useApproval("role_assign_feature"), taken: useApproval("role_revoke_feature") };
  const changes = changesIn(draft, roles);

  const save = async () => {
    setWorking(true);
    const results = await saveEach(
      changes,
      ({ role, feature, isGiven }) =>
        (isGiven ? client.roles.assignFeature : client.roles.revokeFeature).mutate({
          roleId: role.id,
          feature,
          ...(reason.trim() !== "" && { reason: reason.trim() }),
        }),
      setSaved,
    );
    if (results.every(({ kind }) => kind === "kept")) setReason("");
    setSaved(results);
    setDraft(draftOf(results.filter(({ kind }) => kind !== "kept").map(({ change }) => change)));
    await noteRoles();
    setWorking(false);
  };
  return {
    draft,
    changes,
    saved,
    isWorking,
    /** Whether one of the changes waits for a second person, who has to know why. */
    needsReason: changes.some(({ isGiven }) => (isGiven ? waits.given : waits.taken) === "required"),
    reason,
    setReason,
    turn: (role: Role, change: RoleChange["feature"]) => setDraft((before) => turned(before, role, change)),
    save,
    discard: () => setDraft(emptyDraft),
    dismiss: () => setSaved([]),
  };
};

export type RoleChanges = ReturnType<typeof useRoleChanges>;

/** How many different people hold one of these roles; undefined while they are read. Of each role at most 200 are counted by name. */
export const useAffected = (roles: readonly Role[]): { people: number; isAtLeast: boolean } | undefined => {
  const trpc = useTRPC();
  const held = roles.filter(({ userCount }) => userCount > 0);
  const reads = useQueries({
    queries: held.map(({ id }) => ({ ...trpc.roles.get.queryOptions({ roleId: id }), enabled: held.length > 1 })),
  });
  if (held.length > 1 && reads.some(({ isPending }) => isPending)) return undefined;
  return peopleOf(held.map(({ userCount }, index) => ({ userCount, users: reads[index]?.data?.users })));
};
