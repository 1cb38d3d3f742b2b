//! The browser's process: where it is, how it is started, that it ends.

use super::Viewport;
use super::proxy::Proxy;
use super::settings::{RenderError, RenderSettings};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::Instant;

/// Its names, the real program before the script that wraps it.
const NAMES: [&str; 5] = [
    "/usr/lib/chromium/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];
/// Starts `"$@"` and ends it, with everything it has started, when our end of the pipe on its standard
/// input closes, for whatever reason (`kill -9` included). `kill 0` is the whole process group, which is
/// its own; what removes the directory, should we not be there to do it, stands outside of it. Memory is
/// limited by data segment (KiB; address space says nothing with Chromium), files by 512-byte blocks.
const GUARDIAN: &str = r#"
ulimit -c 0; ulimit -f 1048576; ulimit -d "$TAZY_MEMORY" 2>/dev/null
exec 3<&0
"$@" </dev/null 3<&- &
browser=$!
( read -r nothing <&3; kill -KILL $browser; kill -KILL 0 ) &
setsid sh -c 'read -r nothing <&3; sleep 1; rm -rf -- "$HOME"' &
wait $browser
"#;
/// Features that talk to the network on their own, or change what a page asks for.
const DISABLED_FEATURES: &str = "AutofillServerCommunication,CertificateTransparencyComponentUpdater,\
    DialMediaRouteProvider,DnsOverHttps,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,\
    InterestFeedContentSuggestions,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,\
    OptimizationGuideModelDownloading,Prerender2,PrivacySandboxSettings4,ServiceWorkerAutoPreload,\
    SpeculationRulesPrefetch,Translate,WebUSB";
/// Switches that do not depend on anything.
const SWITCHES: [&str; 37] = [
    "--headless=new",
    "--remote-debugging-port=0",
    "--remote-debugging-address=127.0.0.1",
    // The only way out is the proxy, for loopback too, and names are resolved by nobody else.
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    // Nothing on its own account.
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-field-trial-config",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-startup-window",
    "--no-default-browser-check",
    "--no-service-autorun",
    "--disable-breakpad",
    "--disable-crash-reporter",
    // Nothing of the machine: no devices, no keys, no prompts, no sound, no accelerator.
    "--deny-permission-prompts",
    "--disable-notifications",
    "--password-store=basic",
    "--use-mock-keychain",
    "--mute-audio",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--renderer-process-limit=4",
    // The same picture everywhere.
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
];

/// A running browser with a profile of its own; both are gone when it is dropped.
#[derive(Debug)]
pub(super) struct Chromium {
    child: Child,
    profile: Profile,
    /// Where it listens for us: a port of loopback and a secret path.
    pub(super) endpoint: (u16, String),
    /// False if it runs without its sandbox.
    pub(super) sandbox: bool,
}

/// A directory for one browser; removed when dropped.
#[derive(Debug)]
struct Profile(PathBuf);

/// The browser to use.
pub(super) fn find_browser(settings: &RenderSettings) -> Result<PathBuf, RenderError> {
    if let Some(named) = &settings.browser {
        let missing = || RenderError::NoBrowser(named.display().to_string());
        return named.is_file().then(|| named.clone()).ok_or_else(missing);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES
        .iter()
        .flat_map(|name| {
            directories
                .iter()
                .map(move |directory| directory.join(name))
        })
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| RenderError::NoBrowser("any place in PATH".into()))
}

impl Chromium {
    /// Starts `program` behind `proxy` and waits until it listens for us.
    pub(super) async fn launch(
        program: &Path,
        settings: &RenderSettings,
        proxy: &Proxy,
        deadline: Instant,
    ) -> Result<Self, RenderError> {
        let profile = Profile::create(settings)?;
        let is_root = profile.is_of_root();
        if is_root && !settings.allow_root {
            return Err(RenderError::Root);
        }
        let launch = |error: io::Error| RenderError::Launch(error.to_string());
        let messages = fs::File::create(profile.messages()).map_err(launch)?;
        let mut command = Command::new("sh");
        command
            .args(["-c", GUARDIAN, "sh"])
            .arg(program)
            .args(switches(settings, &profile.0, proxy, !is_root))
            // Proxies, displays and buses of whoever runs us are not the browser's business.
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("HOME", &profile.0)
            .env("TMPDIR", &profile.0)
            .env("TAZY_MEMORY", (settings.memory << 10).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(messages);
        let mut chromium = Self {
            child: spawn_in_group(&mut command).map_err(launch)?,
            profile,
            endpoint: (0, String::new()),
            sandbox: !is_root,
        };
        let Self { child, profile, .. } = &mut chromium;
        chromium.endpoint = profile
            .endpoint(child, deadline)
            .await
            .map_err(RenderError::Launch)?;
        Ok(chromium)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

#[cfg(unix)]
fn spawn_in_group(command: &mut Command) -> io::Result<Child> {
    use std::os::unix::process::CommandExt;
    command.process_group(0).spawn()
}

#[cfg(not(unix))]
fn spawn_in_group(_command: &mut Command) -> io::Result<Child> {
    Err(io::Error::other("rendering needs a Unix system"))
}

/// Closes the guardian's pipe and waits until it is gone, which takes milliseconds.
fn end(child: &mut Child) {
    drop(child.stdin.take());
    for _ in 0..200 {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // The guardian does not do its duty: at least it goes.
    let _ = child.kill();
    let _ = child.wait();
}

fn switches(
    settings: &RenderSettings,
    profile: &Path,
    proxy: &Proxy,
    has_sandbox: bool,
) -> Vec<String> {
    let Viewport { width, height, .. } = Viewport::DESKTOP;
    let mut switches: Vec<String> = SWITCHES.map(str::to_owned).to_vec();
    switches.extend([
        format!("--user-data-dir={}", profile.display()),
        format!("--proxy-server=http://{}", proxy.address),
        format!("--ignore-certificate-errors-spki-list={}", proxy.key_digest),
        format!("--user-agent={}", settings.profile.user_agent),
        format!("--window-size={width},{height}"),
        format!("--disable-features={DISABLED_FEATURES}"),
        format!("--js-flags=--max-old-space-size={}", settings.memory / 4),
    ]);
    if !has_sandbox {
        switches.push("--no-sandbox".to_owned());
    }
    switches
}

impl Profile {
    /// A new, empty directory that only we can read, with our preferences in it.
    fn create(settings: &RenderSettings) -> Result<Self, RenderError> {
        let name = format!("tazy-render-{:016x}", fastrand::u64(..));
        let path = settings.workspace.join(name);
        let problem = |error| RenderError::Workspace(path.display().to_string(), error);
        create_private(&path).map_err(problem)?;
        let profile = Self(path.clone());
        let languages = settings.profile.accept_language;
        let languages: Vec<&str> = languages
            .split(',')
            .filter_map(|language| language.split(';').next())
            .collect();
        // 2 is "block", and for the prediction of requests "never".
        let preferences = serde_json::json!({
            "net": { "network_prediction_options": 2 },
            "webrtc": { "ip_handling_policy": "disable_non_proxied_udp" },
            "intl": { "accept_languages": languages.join(","), "selected_languages": languages.join(",") },
            "download": { "prompt_for_download": true },
            "profile": { "default_content_setting_values": {
                "geolocation": 2, "notifications": 2, "media_stream_camera": 2, "media_stream_mic": 2,
                "automatic_downloads": 2, "clipboard": 2, "midi_sysex": 2, "usb_guard": 2, "popups": 2,
                "serial_guard": 2, "bluetooth_guard": 2, "sensors": 2, "protocol_handlers": 2,
            } },
        });
        let default = path.join("Default");
        fs::create_dir(&default).map_err(problem)?;
        fs::write(default.join("Preferences"), preferences.to_string()).map_err(problem)?;
        Ok(profile)
    }

    #[cfg(unix)]
    fn is_of_root(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(&self.0).is_ok_and(|found| found.uid() == 0)
    }

    #[cfg(not(unix))]
    fn is_of_root(&self) -> bool {
        false
    }

    fn messages(&self) -> PathBuf {
        self.0.join("messages")
    }

    /// Waits for the file in which the browser writes where it listens.
    async fn endpoint(
        &self,
        child: &mut Child,
        deadline: Instant,
    ) -> Result<(u16, String), String> {
        let place = self.0.join("DevToolsActivePort");
        while Instant::now() < deadline {
            let written = fs::read_to_string(&place).unwrap_or_default();
            if let Some((port, path)) = written.split_once('\n')
                && path.starts_with("/devtools/browser/")
                && let Ok(port) = port.parse()
            {
                return Ok((port, path.trim_end().to_owned()));
            }
            if !matches!(child.try_wait(), Ok(None)) {
                return Err(self.last_words());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err("it did not listen in time".to_owned())
    }

    fn last_words(&self) -> String {
        let messages = fs::read(self.messages()).unwrap_or_default();
        let tail = &messages[messages.len().saturating_sub(600)..];
        let tail = String::from_utf8_lossy(tail);
        format!("it ended at once: {}", tail.trim())
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // The last of the browser's processes may still write while it dies.
        for _ in 0..100 {
            match fs::remove_dir_all(&self.0) {
                Ok(()) => return,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return,
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_browser_is_told_with_what_to_install() {
        let settings = RenderSettings {
            browser: Some("/nowhere/chromium".into()),
            ..RenderSettings::default()
        };
        let error = find_browser(&settings).unwrap_err().to_string();
        assert!(error.contains("/nowhere/chromium") && error.contains("apt-get install chromium"));
    }
}
