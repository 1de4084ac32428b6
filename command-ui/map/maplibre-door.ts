/** The one door to MapLibre GL: the map, and its worker as a file of this origin (no blob, so that a strict CSP holds). */
import { Map as MapLibreMap, ScaleControl, setWorkerCount, setWorkerUrl } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'

setWorkerUrl(workerUrl)
// Two: a district's 44,000 buildings take seconds of one worker, and the streets must not wait behind them.
setWorkerCount(2)

export { MapLibreMap, ScaleControl }
export type {
  CustomLayerInterface,
  CustomRenderMethodInput,
  ExpressionSpecification,
  FilterSpecification,
  GeoJSONSource,
  LayerSpecification,
  MapMouseEvent,
  StyleSpecification,
} from 'maplibre-gl'
