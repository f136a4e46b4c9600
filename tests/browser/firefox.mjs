// Debian's Firefox ESR over WebDriver BiDi, driven by puppeteer-core, with an invented microphone that speaks one tone, or with the computer's own.
import puppeteer from 'puppeteer-core';

export const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/** `proxy` is the port on 127.0.0.1 through which all its connections go; `real` takes the computer's microphones. */
export const launchFirefox = (hertz, { proxy, real = false } = {}) => puppeteer.launch({
  browser: 'firefox', executablePath: FIREFOX, headless: true, acceptInsecureCerts: true,
  // The window has the size of a desk's screen: an ESR knows no command for the size of a page that puppeteer would give.
  defaultViewport: null, args: ['--width=1366', '--height=768'],
  extraPrefsFirefox: {
    'media.navigator.streams.fake': !real, 'media.navigator.permission.disabled': true, 'media.navigator.audio.fake_frequency': hertz, 'media.getusermedia.insecure.enabled': true,
    'media.autoplay.default': 0, 'media.autoplay.blocking_policy': 0, 'media.autoplay.block-webaudio': false, 'media.peerconnection.ice.obfuscate_host_addresses': false, 'media.peerconnection.ice.loopback': true, 'intl.accept_languages': 'nl-BE,nl',
    ...(proxy && { 'network.proxy.type': 1, 'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': proxy }),
    'dom.disable_beforeunload': true, 'ui.prefersReducedMotion': 1,
  },
});
