import type { Drift, DriftKind, EdgeState, FoundDifference, Inspection } from '#domain/edge/index.ts';
import { toDifferenceLines } from '#console/edge/differences.ts';
import { logOf } from '#console/edge/presenter.ts';
import type { Viewer } from '#console/edge/viewer.ts';

const findingHref = ({ droplet, kind, name }: Pick<Drift, 'droplet' | 'kind' | 'name'>) =>
  `/edge/${droplet}/drift/${kind}/${encodeURIComponent(name)}`;

/** A finding as one line of the list. */
export function toFindingLine(drift: Drift, { t }: Viewer) {
  return {
    id: `finding-${drift.droplet}-${drift.kind}-${drift.name}`,
    href: findingHref(drift),
    name: drift.name,
    what: t(`drift:kind_${drift.kind}`),
    edge: drift.droplet,
    foundAt: drift.foundAt,
    seenAt: drift.seenAt,
  };
}

/** Where restoring brings nothing back but takes something away, its name is typed first. */
export function mustTypeToRestore(kind: DriftKind): boolean {
  return kind === 'unknown' || kind === 'foreign';
}

/** Adopting a closed place closes the store: its name is typed first. */
export function mustTypeToAdopt({ states, bar }: Inspection): boolean {
  return bar === undefined && states.found === 'suspended' && states.published !== 'suspended';
}

/** A finding with its diff and what can be done about it. */
export function toFindingView(inspection: Inspection, viewer: Viewer) {
  const { drift, published, differences, store } = inspection;
  const { t, may } = viewer;
  return {
    ...toFindingLine(drift, viewer),
    kind: drift.kind,
    headline: t(`drift:headline_${drift.kind}`, { name: drift.name, edge: drift.droplet }),
    storeHref: store && `/tenants/${store.id}`,
    storeSlug: store?.slug,
    logHref: logOf(drift.droplet),
    expected: tokenView(drift.expected),
    actual: tokenView(drift.actual),
    state: stateLine(inspection, viewer),
    ...linesOf(inspection, viewer),
    texts: textsOf(published, drift.found),
    sameContent: drift.kind === 'edited' && differences.length === 0 && inspection.document !== undefined,
    restore: {
      isPossible: inspection.canRestore,
      isMine: may('on_call'),
      consequence: t(`drift:restore_${drift.kind}`, { name: drift.name, edge: drift.droplet }),
      offersNewStore: inspection.bar === 'unknown_slug' && may('operator'),
      mustType: mustTypeToRestore(drift.kind),
    },
    adoption: adoptionOf(inspection, viewer),
  };
}

/** A hash is compared by its start; the whole of it is there to be looked at. */
function tokenView(token: string | undefined) {
  return token && { short: token.replace(/([0-9a-f]{12})[0-9a-f]{20,}/, '$1…'), whole: token };
}

/** What can become the store's apart from what cannot; a file of nobody just says what it says. */
function linesOf({ drift, differences }: Inspection, viewer: Viewer) {
  const isLeft = (difference: FoundDifference) => drift.kind !== 'unknown' && !difference.isAdoptable;
  return {
    differs: viewer.t(drift.kind === 'unknown' ? 'drift:it_says' : 'drift:differs'),
    lines: toDifferenceLines(
      differences.filter((difference) => !isLeft(difference)),
      viewer,
    ),
    leftLines: toDifferenceLines(differences.filter(isLeft), viewer),
  };
}

/** Both texts where at least one was read; one value a line, so that they can be compared by eye. */
function textsOf(published: string | undefined, found: string | undefined) {
  if (published === undefined && found === undefined) return undefined;
  return { published: published && indented(published), found: found && indented(found) };
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    // Not JSON: as it is.
    return text;
  }
}

function stateLine({ states: { published, found } }: Inspection, { t }: Viewer) {
  if (published === found || published === undefined || found === undefined) return undefined;
  const word = (state: EdgeState) => t(`edge:state_${state}`);
  return { before: word(published), after: word(found) };
}

function adoptionOf(inspection: Inspection, viewer: Viewer) {
  const { bar, drift, store, states } = inspection;
  const { t, may } = viewer;
  const changesState = states.published !== states.found;
  if (bar === undefined)
    return {
      isPossible: true,
      isMine: may('operator'),
      mustType: mustTypeToAdopt(inspection),
      consequences: [
        t('drift:adopt_takes_over', { slug: drift.name }),
        t('drift:adopt_publishes'),
        ...(changesState ? [t(`drift:adopt_state_${states.found}`, { slug: drift.name })] : []),
      ],
    };
  return {
    isPossible: false,
    isMine: false,
    why: t(`drift:bar_${bar}`, { name: drift.name }),
    instead: insteadOf(inspection, viewer),
    storeHref: store && `/tenants/${store.id}`,
  };
}

/** What to do instead of adopting, as links. */
function insteadOf({ bar, store, document }: Inspection, { t, may }: Viewer): { href: string; label: string }[] {
  if (bar === 'unknown_slug' && document && may('operator'))
    return [{ href: newStoreHref(document), label: t('drift:new_store') }];
  if ((bar === 'deleted' || bar === 'known_slug' || bar === 'state') && store)
    return [{ href: `/tenants/${store.id}`, label: t('drift:open_store', { slug: store.slug }) }];
  return [];
}

/** The form of a new store, filled in with what a file says. */
export function newStoreHref(document: NonNullable<Inspection['document']>): string {
  const { slug, name, logo_url, primary_color, secondary_color } = document;
  const proposal = { slug, name, primary_color, secondary_color, logo_url: logo_url ?? '' };
  return `/tenants/new?${new URLSearchParams(proposal).toString()}`;
}
