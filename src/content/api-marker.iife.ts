/**
 * The page API's marker: registered by the worker for each host with an origin on which the person
 * enabled it, so that a new document there asks whether it is one of those.
 */
import { enterApiMarker } from "./world.ts";

enterApiMarker();
