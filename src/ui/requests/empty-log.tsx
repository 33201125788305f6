/** What stands in the place of an empty log: why it is empty, and the one thing to do about it. */
import type { JSX } from "preact";
import type { Action } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { PageState } from "../panel/page-states.tsx";
import { useStore } from "../store/context.ts";
import { pageCondition } from "../store/page-condition.ts";
import { count } from "../values/sizes.ts";
import { clockTime } from "../words/time.ts";
import { AskAgain, missedItsStart } from "./status-line.tsx";
import { useRequests } from "./use-requests.ts";

/** Nothing where there are rows to show. */
export function EmptyLog({ working }: { working: Action }): JSX.Element | null {
  const requests = useRequests();
  requests.revision.value;
  const { rows } = requests.source.value;
  if (rows.length > 0) return null;
  return (
    <div class="sy-requests-none">
      <Cause working={working} />
    </div>
  );
}

function Cause({ working }: { working: Action }): JSX.Element {
  const store = useStore();
  const requests = useRequests();
  const source = requests.source.value;
  const { counts } = source;
  const since = requests.since.value;

  if (counts.requests > 0) {
    return (
      <>
        <p>
          {requests.filtered.value
            ? `No request matches. ${count(counts.requests)} are hidden by the filter.`
            : `Only pings so far: ${count(counts.requests)}, which are hidden.`}
        </p>
        {requests.filtered.value ? (
          <Button onClick={() => requests.clearFilter()}>Clear the filter</Button>
        ) : (
          <Button onClick={() => requests.setFilter({ pings: true })}>Show pings</Button>
        )}
      </>
    );
  }
  if (source.readOnly) return <p>This file holds no requests.</p>;
  if (!store.page.info.value) {
    return (
      <p>
        This view belongs to no page, so there is nothing to record. Open the panel in the DevTools
        of a page, or import a log.
      </p>
    );
  }
  const condition = pageCondition(store.page);
  if (condition !== undefined) return <PageState condition={condition} />;
  if (!requests.recording.value) {
    return (
      <>
        <p>Nothing is recorded while this is off.</p>
        <Button variant="primary" onClick={() => working.run(() => requests.setRecording(true))}>
          Record
        </Button>
      </>
    );
  }
  if (since === undefined) return <AskAgain working={working} />;
  if (!missedItsStart(store, since)) {
    return <p>Recording since {clockTime(since)}. The page has sent no request yet.</p>;
  }
  return (
    <>
      <p>Recording since {clockTime(since)}. Reload to see requests from the start.</p>
      <Button
        icon="refresh"
        variant="primary"
        onClick={() => working.run(() => store.call("page.reload", {}))}
      >
        Reload page
      </Button>
    </>
  );
}
