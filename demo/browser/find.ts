/** Finds the browsers that are installed here. */
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const home = homedir();

/** Names in PATH and full paths, the most wanted first. */
const CHROMIUM = {
  linux: [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
  ],
  darwin: ["/Applications", join(home, "Applications")].flatMap((folder) => [
    `${folder}/Chromium.app/Contents/MacOS/Chromium`,
    `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
  ]),
  win32: programFolders().flatMap((folder) => [
    join(folder, "Chromium", "Application", "chrome.exe"),
    join(folder, "Google", "Chrome", "Application", "chrome.exe"),
  ]),
};

const FIREFOX = {
  linux: ["firefox-esr", "firefox", "/opt/firefox/firefox", "/snap/bin/firefox"],
  darwin: ["/Applications", join(home, "Applications")].flatMap((folder) => [
    `${folder}/Firefox.app/Contents/MacOS/firefox`,
    `${folder}/Firefox Developer Edition.app/Contents/MacOS/firefox`,
  ]),
  win32: programFolders().flatMap((folder) => [
    join(folder, "Mozilla Firefox", "firefox.exe"),
    join(folder, "Firefox Developer Edition", "firefox.exe"),
  ]),
};

function programFolders(): string[] {
  const { ProgramFiles, LOCALAPPDATA } = process.env;
  return [ProgramFiles, process.env["ProgramFiles(x86)"], LOCALAPPDATA].filter(
    (folder) => folder !== undefined,
  );
}

/**
 * The program of Chromium or Google Chrome; the environment variable CHROMIUM_BIN decides if it is
 * set. Undefined if there is none; throws if CHROMIUM_BIN is no program.
 */
export function findChromium(): string | undefined {
  return find("CHROMIUM_BIN", CHROMIUM);
}

/** The program of Firefox; the environment variable FIREFOX_BIN decides if it is set. */
export function findFirefox(): string | undefined {
  return find("FIREFOX_BIN", FIREFOX);
}

function find(variable: string, candidates: Record<string, string[]>): string | undefined {
  const chosen = process.env[variable];
  if (chosen) {
    const found = which(chosen);
    if (!found) throw new Error(`${variable} is "${chosen}", which is no program.`);
    return found;
  }
  for (const candidate of candidates[process.platform] ?? candidates.linux ?? []) {
    const found = which(candidate);
    if (found) return found;
  }
  return undefined;
}

function which(name: string): string | undefined {
  const isPath = /[\\/]/.test(name);
  const folders = isPath ? [""] : (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => (isPath ? name : join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us to run: no program as far as we go.
    return false;
  }
}
