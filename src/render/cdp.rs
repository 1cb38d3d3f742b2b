//! A small client of the Chrome `DevTools` Protocol: commands and their answers over one WebSocket, and the
//! few events that matter.
//!
//! Events are looked at where they arrive and forgotten, so that a page can cause as many as it likes.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// One message: the largest screenshot of noise, in base64.
const MAX_MESSAGE: usize = 128 << 20;

/// A command did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CdpError {
    #[error("the browser is gone")]
    Closed,
    #[error("{0}: no answer")]
    Timeout(&'static str),
    #[error("{0}: {1}")]
    Refused(&'static str, String),
}

/// What the page did so far, as events tell.
#[derive(Debug, Default, Clone)]
pub(super) struct Watch {
    /// The load event of the latest document has fired.
    pub(super) is_loaded: bool,
    pub(super) has_crashed: bool,
    pub(super) console_errors: u64,
    pub(super) dialogs: u64,
    pub(super) popups: u64,
    /// The one window that stays.
    pub(super) page: Option<String>,
}

type Waiting = Mutex<HashMap<u64, oneshot::Sender<Value>>>;

/// A connection to a browser; closed when dropped.
#[derive(Debug)]
pub(super) struct Cdp {
    outgoing: mpsc::UnboundedSender<String>,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    numbers: AtomicU64,
    waiting: Waiting,
    watch: Mutex<Watch>,
}

impl Cdp {
    /// Connects to the browser that listens at `port` of loopback under `path`.
    pub(super) async fn connect(port: u16, path: &str) -> Result<Self, String> {
        let stream = TcpStream::connect(("127.0.0.1", port))
            .await
            .map_err(|error| error.to_string())?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let url = format!("ws://127.0.0.1:{port}{path}");
        let (socket, _) = client_async_with_config(url, stream, Some(config))
            .await
            .map_err(|error| error.to_string())?;
        let (outgoing, commands) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(converse(socket, commands, Arc::clone(&shared)));
        Ok(Self {
            outgoing,
            shared,
            task,
        })
    }

    /// Sends a command, to the browser or within a session, and waits for its result.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: Value,
        patience: Duration,
    ) -> Result<Value, CdpError> {
        let number = self.shared.number();
        let (sender, answer) = oneshot::channel();
        self.shared.waiting().insert(number, sender);
        let command = command(number, session, method, &params);
        if self.outgoing.send(command).is_err() {
            return Err(CdpError::Closed);
        }
        let answer = timeout(patience, answer).await;
        self.shared.waiting().remove(&number);
        match answer {
            Err(_) => Err(CdpError::Timeout(method)),
            Ok(Err(_)) => Err(CdpError::Closed),
            Ok(Ok(mut answer)) => match answer.get("error") {
                Some(error) => {
                    let reason = error["message"].as_str().unwrap_or("refused");
                    Err(CdpError::Refused(method, reason.to_owned()))
                }
                None => Ok(answer["result"].take()),
            },
        }
    }

    /// True when the browser has gone.
    pub(super) fn is_closed(&self) -> bool {
        self.outgoing.is_closed()
    }

    /// What the events told so far.
    pub(super) fn watch(&self) -> Watch {
        self.shared.watch().clone()
    }

    /// From now on `page` is the only window that stays.
    pub(super) fn keep_only(&self, page: &str) {
        self.shared.watch().page = Some(page.to_owned());
    }

    /// A new document is about to be loaded.
    pub(super) fn expect_load(&self) {
        self.shared.watch().is_loaded = false;
    }
}

impl Drop for Cdp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Value>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a message in; gives a command if it has to be answered. What is not JSON is passed over
    /// (halves of UTF-16 pairs, which pages may put into dialogs and titles, are not).
    fn receive(&self, text: &str) -> Option<String> {
        let message: Value = serde_json::from_str(text).ok()?;
        if let Some(number) = message["id"].as_u64() {
            let sender = self.waiting().remove(&number);
            // Nobody waits for the answers to commands that an event caused.
            let _ = sender.map(|sender| sender.send(message));
            return None;
        }
        let (method, params) = self.watch().look_at(&message)?;
        let session = message["sessionId"].as_str();
        Some(command(self.number(), session, method, &params))
    }
}

impl Watch {
    /// Notes an event; gives the command that it calls for.
    fn look_at(&mut self, event: &Value) -> Option<(&'static str, Value)> {
        let params = &event["params"];
        match event["method"].as_str()? {
            "Page.loadEventFired" => self.is_loaded = true,
            "Page.frameNavigated" if params["frame"]["parentId"].is_null() => {
                self.is_loaded = false;
            }
            "Page.javascriptDialogOpening" => {
                self.dialogs += 1;
                return Some(("Page.handleJavaScriptDialog", json!({ "accept": false })));
            }
            "Runtime.exceptionThrown" => self.console_errors += 1,
            "Runtime.consoleAPICalled" if params["type"] == "error" => self.console_errors += 1,
            "Inspector.targetCrashed" => self.has_crashed = true,
            "Target.targetCreated" => {
                let target = &params["targetInfo"];
                let id = target["targetId"].as_str()?;
                let page = self.page.as_deref()?;
                if target["type"] == "page" && id != page {
                    self.popups += 1;
                    return Some(("Target.closeTarget", json!({ "targetId": id })));
                }
            }
            _ => {}
        }
        None
    }
}

fn command(number: u64, session: Option<&str>, method: &str, params: &Value) -> String {
    let mut command = json!({ "id": number, "method": method, "params": params });
    if let Some(session) = session {
        command["sessionId"] = session.into();
    }
    command.to_string()
}

/// Carries messages both ways until either side is gone.
async fn converse(
    mut socket: WebSocketStream<TcpStream>,
    mut commands: mpsc::UnboundedReceiver<String>,
    shared: Arc<Shared>,
) {
    loop {
        let send = tokio::select! {
            command = commands.recv() => match command {
                Some(command) => Some(command),
                None => break,
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => shared.receive(&text),
                Some(Ok(_)) => None,
                _ => break,
            },
        };
        if let Some(send) = send
            && socket.send(Message::text(send)).await.is_err()
        {
            break;
        }
    }
    commands.close();
    // Whoever waits is told by this that nothing will come.
    shared.waiting().clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialogs_are_dismissed_and_windows_closed_as_they_appear() {
        let shared = Shared::default();
        let popup = r#"{"method":"Target.targetCreated","params":{"targetInfo":{"type":"page","targetId":"B"}}}"#;
        assert_eq!(shared.receive(popup), None, "no page is known yet");
        shared.watch().page = Some("A".into());
        let close = shared.receive(popup).unwrap();
        assert!(close.contains("Target.closeTarget") && close.contains("\"B\""));
        let dialog = r#"{"method":"Page.javascriptDialogOpening","sessionId":"S","params":{}}"#;
        let dismiss = shared.receive(dialog).unwrap();
        assert!(dismiss.contains("\"accept\":false") && dismiss.contains("\"S\""));
        let watch = shared.watch().clone();
        assert_eq!((watch.popups, watch.dialogs), (1, 1));
    }

    #[test]
    fn loading_errors_and_crashes_are_noted_and_nonsense_is_passed_over() {
        let shared = Shared::default();
        for event in [
            r#"{"method":"Page.loadEventFired"}"#,
            r#"{"method":"Page.frameNavigated","params":{"frame":{"parentId":"x"}}}"#,
            r#"{"method":"Runtime.consoleAPICalled","params":{"type":"error"}}"#,
            r#"{"method":"Runtime.consoleAPICalled","params":{"type":"log"}}"#,
            r#"{"method":"Runtime.exceptionThrown","params":{}}"#,
            r#"{"method":"Page.javascriptDialogOpening","params":{"message":"\ud800"}}"#,
            "nonsense",
            "[]",
            "{}",
        ] {
            assert_eq!(shared.receive(event), None, "{event}");
        }
        assert!(shared.watch().is_loaded);
        assert_eq!(shared.watch().console_errors, 2);
        shared.receive(r#"{"method":"Page.frameNavigated","params":{"frame":{}}}"#);
        shared.receive(r#"{"method":"Inspector.targetCrashed"}"#);
        let watch = shared.watch().clone();
        assert!(!watch.is_loaded && watch.has_crashed);
    }
}
