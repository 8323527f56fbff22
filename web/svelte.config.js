import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

// Styles stand in a file of their own: the policy of the pages allows none within a document.
export default { preprocess: vitePreprocess() };
