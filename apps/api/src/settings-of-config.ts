import type { Logger } from "pino";
import type { ApiSettings } from "./api-settings.ts";
import type { Config } from "./config.ts";

/** The routes' settings as the environment gives them. */
export function apiSettings(config: Config, logger?: Logger): ApiSettings {
  return {
    apiKeys: config.http.apiKeys,
    limits: config.limits,
    ...(logger === undefined ? {} : { logger }),
  };
}
