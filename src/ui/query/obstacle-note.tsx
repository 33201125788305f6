/** What stands in a session's way, and the one thing to do about it. */
import type { JSX } from "preact";
import { Button } from "../components/button.tsx";
import { Note } from "../components/error-note.tsx";
import { whyNotAct } from "../store/acting.ts";
import type { AnySession } from "../store/any-session.ts";
import { useStore } from "../store/context.ts";
import { type Obstacle, obstacle } from "./can-run.ts";

export interface ObstacleNoteProps {
  obstacle: Obstacle;
  session: AnySession;
}

export function ObstacleNote(props: ObstacleNoteProps): JSX.Element {
  const { text, final, way } = props.obstacle;
  return (
    <Note tone="warn" actions={<ObstacleAction session={props.session} way={way} />}>
      {text}
      {!final && " What you run waits for it, 5 s at most."}
    </Note>
  );
}

export interface ObstacleActionProps {
  session: AnySession;
  /** Absent: what stands in the session's way now; nothing where nothing does. */
  way?: Obstacle["way"];
}

export function ObstacleAction(props: ObstacleActionProps): JSX.Element | null {
  const store = useStore();
  const { key } = props.session;
  const current = store.session(key);
  const way = props.way ?? (current && obstacle(current, whyNotAct(store, current))?.way);
  if (way === "sign-in") {
    return (
      <Button onClick={() => store.open({ kind: "sign-in-again" })}>
        {props.way ? "Sign in" : "Sign in again"}
      </Button>
    );
  }
  if (way !== "look") return null;
  const look = () => {
    store.select(key);
    store.view.value = "sessions";
    store.front.value = "detail";
  };
  return <Button onClick={look}>Go to session</Button>;
}
