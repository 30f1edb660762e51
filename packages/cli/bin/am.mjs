#!/usr/bin/env node
// Stands here before anything is built, so that installing the workspace can link it as `am`.
import '../dist/bundle/am.mjs'
