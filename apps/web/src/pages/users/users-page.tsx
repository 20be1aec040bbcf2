import { Button, NativeSelect, UnstyledButton } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { type Ref, useMemo, useRef, useState } from "react";
import { useTRPC } from "../../api.ts";
import { DataList } from "../../components/data-list.tsx";
import table from "../../components/data-table.module.css";
import { EmptyState } from "../../components/empty-state.tsx";
import filters from "../../components/filters.module.css";
import { Foreign } from "../../components/foreign.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { SecretNote } from "../../components/secret-note.tsx";
import { markedText } from "../../marks.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { takeReceipt } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import { type Added, AddUserDialog } from "./add-user-dialog.tsx";
import { useAllRoles } from "./all-roles.ts";
import { userColumns } from "./user-columns.tsx";
import { isFiltered, parseUserSearch, type UserSearch, userInput } from "./user-search.ts";
import { usersTexts as words } from "./users-texts.ts";

const route = getRouteApi("/app/users");

export function UsersPage() {
  const mayRead = useMay("users.read");
  if (!mayRead) return <NotPermitted title={words.title} feature="users.read" />;
  return <Users />;
}

function Users() {
  const trpc = useTRPC();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { zone } = usePreferences();
  const mayCreate = useMay("users.create");
  const isLost = useLostAt() !== null;
  const [isAdding, setAdding] = useState(false);
  const [added, setAdded] = useState<Added | null>(null);
  const [isSecretOut, setSecretOut] = useState(false);
  const [handed, setHanded] = useState(() => takeReceipt("users"));
  const searchField = useRef<HTMLInputElement>(null);
  const query = useInfiniteQuery(
    trpc.users.list.infiniteQueryOptions(
      { ...userInput(search), limit: 50 },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
        staleTime: 10_000,
      },
    ),
  );
  const users = query.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = useMemo(() => userColumns(zone), [zone]);
  usePageKeys({ "/": () => searchField.current?.focus(), r: () => void query.refetch() });
  const change = (next: UserSearch) => void navigate({ search: next });
  const unfiltered = search.sort === undefined ? {} : { sort: search.sort };

  return (
    <Page
      title={words.title}
      actions={
        <ReasonedButton
          leftSection={<UserPlus size={16} aria-hidden />}
          reason={isLost ? texts.failure.offlineReason : mayCreate ? null : texts.notPermitted.needs("users.create")}
          onClick={() => setAdding(true)}
        >
          {words.add}
        </ReasonedButton>
      }
    >
      {handed ? (
        <div className={table.note}>
          <ReceiptNote done={handed.done} sentence={handed.sentence} onDismiss={() => setHanded(null)} />
        </div>
      ) : null}
      {added ? (
        <div className={table.note}>
          <ReceiptNote done={added} sentence={words.added(added.user.name)} onDismiss={() => setAdded(null)} />
        </div>
      ) : null}
      {added?.password && !isSecretOut ? (
        <SecretNote
          title={words.secret.password(added.user.name)}
          hint={words.secret.passwordHint}
          secret={added.password}
          copy={words.secret.copy}
          copied={words.secret.copied}
          done={words.secret.done}
          onDone={() => setSecretOut(true)}
        >
          <Link to="/users/$id" params={{ id: String(added.user.id) }}>
            <Foreign text={words.open(added.user.name)} />
          </Link>
        </SecretNote>
      ) : null}
      <UserFilters search={search} onChange={change} searchRef={searchField} />
      <DataList
        query={query}
        queryKey={trpc.users.list.pathKey()}
        rows={users}
        columns={columns}
        words={words}
        sort={{
          by: search.sort ?? "name",
          unsorted: words.unsorted,
          onChange: (sort) => change(parseUserSearch({ ...search, sort })),
        }}
        empty={
          isFiltered(search) ? (
            <EmptyState
              title={words.filteredTitle}
              actions={
                <Button variant="default" onClick={() => change(unfiltered)}>
                  {words.clear}
                </Button>
              }
            >
              {words.filtered}
            </EmptyState>
          ) : (
            <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
          )
        }
      />
      {isAdding ? (
        <AddUserDialog
          onClose={() => setAdding(false)}
          onAdded={(done) => {
            setAdding(false);
            setSecretOut(false);
            setAdded(done);
          }}
        />
      ) : null}
    </Page>
  );
}

type FilterProps = { search: UserSearch; onChange: (search: UserSearch) => void; searchRef: Ref<HTMLInputElement> };

function UserFilters({ search, onChange, searchRef }: FilterProps) {
  const { roles } = useAllRoles();
  const maySeeRoles = useMay("roles.read");
  const set = (key: keyof UserSearch, value: string) => onChange(parseUserSearch({ ...search, [key]: value }));
  const any = { value: "", label: words.any };
  const { sort } = search;
  return (
    <search className={filters.filters} aria-label={words.searchLabel}>
      <SearchField
        key={search.q ?? ""}
        label={words.searchLabel}
        placeholder={words.search}
        q={search.q ?? ""}
        onSearch={(q) => set("q", q)}
        fieldRef={searchRef}
      />
      <NativeSelect
        label={words.status}
        data={[
          any,
          { value: "active", label: words.statuses.active },
          { value: "inactive", label: words.statuses.inactive },
        ]}
        value={search.status ?? ""}
        onChange={(event) => set("status", event.currentTarget.value)}
      />
      {maySeeRoles ? (
        <NativeSelect
          label={words.role}
          data={[any, ...roles.map(({ id, name }) => ({ value: String(id), label: markedText(name) }))]}
          value={String(search.role ?? "")}
          onChange={(event) => set("role", event.currentTarget.value)}
        />
      ) : null}
      {isFiltered(search) ? (
        <UnstyledButton className={filters.clear} onClick={() => onChange(sort === undefined ? {} : { sort })}>
          {words.clear}
        </UnstyledButton>
      ) : null}
    </search>
  );
}
