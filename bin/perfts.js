#!/usr/bin/env node
import { main, standardError, standardOutput } from '../dist/cli/main.js';
process.exit(await main(process.argv.slice(2), standardOutput, standardError));
