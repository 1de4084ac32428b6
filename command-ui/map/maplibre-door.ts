/** The one door to MapLibre GL: the map, and its worker as a file of this origin (no blob, so that a strict CSP holds). */
import { Map as MapLibreMap, ScaleControl, setWorkerUrl } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'

setWorkerUrl(workerUrl)

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
