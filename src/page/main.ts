// Where the page begins: takes the recording out of its HTML file, if there is one, and gives it to the app, with the way to open others.

import { showPage } from './app/app.ts';
import { embeddedData } from './data/embedded-data.ts';
import { WorkerClient } from './worker/worker-client.ts';

const client = new WorkerClient(document.getElementById('perfts-worker')?.textContent ?? '');
const data = embeddedData(document);
showPage(document.getElementById('perfts')!, { open: client.open, ...(data !== undefined && { data }) });
