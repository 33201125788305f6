/**
 * The marker: registered by the worker while a panel is open, so that the bridge of a new document
 * doesn't wait to be asked, and nothing that the page does at its start is missed.
 */
import { enterMarker } from "./world.ts";

enterMarker();
