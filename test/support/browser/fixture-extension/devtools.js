(globalThis.browser ?? globalThis.chrome).devtools.panels.create("Switchyard", "", "/panel.html");
