/** The one door to three.js in this folder: draws the street scenes of the clips (developer tool, in a headless browser). */
export * as THREE from 'three'
