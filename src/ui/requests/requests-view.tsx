/**
 * The view Requests: what the page asks of SurrealDB and what it is answered, as one log, with the
 * details of one of them beneath or beside it; where the panel is narrow, one after the other.
 */
import "./requests.css";
import { useSignal } from "@preact/signals";
import type { JSX, RefObject } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote, Note } from "../components/error-note.tsx";
import type { WidthClass } from "../panel/layout.ts";
import { leaveByEscape } from "../panel/leave-by-escape.ts";
import { now } from "../store/clock.ts";
import { StoreContext } from "../store/context.ts";
import type { ImportedSource } from "../store/requests.ts";
import type { PanelStore } from "../store/store.ts";
import { moment } from "../words/time.ts";
import { RequestDetail } from "./detail/request-detail.tsx";
import { EmptyLog } from "./empty-log.tsx";
import { RequestList } from "./request-list.tsx";
import { Split, type SplitWay } from "./split.tsx";
import { StatusLine } from "./status-line.tsx";
import { Toolbar } from "./toolbar.tsx";
import { useRequests } from "./use-requests.ts";

export interface RequestsViewProps {
  store: PanelStore;
  width: WidthClass;
}

export function RequestsView({ store, width }: RequestsViewProps): JSX.Element {
  return (
    <StoreContext.Provider value={store}>
      <Requests narrow={width === "narrow"} />
    </StoreContext.Provider>
  );
}

function Requests({ narrow }: { narrow: boolean }): JSX.Element {
  const requests = useRequests();
  const listId = useId();
  const whole = useRef<HTMLDivElement>(null);
  const way = useSplitWay(whole);
  const opened = requests.selected.value;
  const active = useSignal(opened);
  const working = useAction();
  const killing = useAction();
  const imported = requests.imported.value;

  const toList = () => document.getElementById(listId)?.focus();

  function close() {
    requests.select(undefined);
    // Where the list was covered it can take the focus only after the painting.
    requestAnimationFrame(toList);
  }

  useLayoutEffect(() => {
    if (opened === undefined) return;
    if (narrow) whole.current?.querySelector<HTMLElement>(".sy-opened-head button")?.focus();
    return leaveByEscape(close);
  }, [opened === undefined, narrow]);

  const list = (
    <>
      <RequestList
        id={listId}
        narrow={narrow}
        active={active}
        opened={opened}
        onOpen={(seq) => requests.select(seq)}
        onFollow={(seq) => {
          if (opened !== undefined && !narrow) requests.select(seq);
        }}
        onClose={close}
        killing={killing}
      />
      <EmptyLog working={working} />
    </>
  );

  return (
    <div ref={whole} class="sy-requests">
      <div class="sy-requests-main" inert={narrow && opened !== undefined}>
        {imported && <Imported imported={imported} />}
        <Toolbar narrow={narrow} toList={toList} working={working} />
        <ErrorNote error={working.error} onDismiss={working.clear} />
        <ErrorNote error={killing.error} onDismiss={killing.clear} />
        {narrow ? (
          <div class="sy-requests-log">{list}</div>
        ) : (
          <Split
            way={way}
            second={
              opened !== undefined && <RequestDetail key={opened} seq={opened} onClose={close} />
            }
          >
            <div class="sy-requests-log">{list}</div>
          </Split>
        )}
        <StatusLine working={working} />
      </div>
      {narrow && opened !== undefined && (
        <div class="sy-requests-page">
          <RequestDetail
            key={opened}
            seq={opened}
            onClose={close}
            back={
              <Button icon="back" variant="quiet" onClick={close}>
                Back
              </Button>
            }
          />
        </div>
      )}
    </div>
  );
}

function Imported({ imported }: { imported: ImportedSource }): JSX.Element {
  const requests = useRequests();
  const { name, host, exportedAt } = imported;
  return (
    <div class="sy-requests-imported">
      <Note
        tone="warn"
        actions={<Button onClick={() => requests.closeImported()}>Back to this page's log</Button>}
      >
        This is “{name}”{host !== undefined && `, the log of ${host}`}, exported{" "}
        {moment(exportedAt, now.peek())}. It can be read, and run again.
      </Note>
    </div>
  );
}

/** From here on there is room for log and details side by side. */
const WIDE = 1200;
/** Docked to the bottom of the window there is more room beside than beneath. */
const FLAT = { width: 760, height: 420 };

function useSplitWay(element: RefObject<HTMLElement | null>): SplitWay {
  const [way, setWay] = useState<SplitWay>("below");
  useLayoutEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const measure = () => {
      const { clientWidth, clientHeight } = watched;
      const flat = clientWidth >= FLAT.width && clientHeight < FLAT.height;
      setWay(clientWidth >= WIDE || flat ? "beside" : "below");
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(watched);
    return () => sizes.disconnect();
  }, []);
  return way;
}
