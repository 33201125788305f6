/**
 * The route marker: registered by the worker for each host on which something is routed, so that a new
 * document there holds its requests until the worker has said as whom they run. Without it nothing is
 * asked, and nothing waits.
 */
import { enterRouteMarker } from "./world.ts";

enterRouteMarker();
