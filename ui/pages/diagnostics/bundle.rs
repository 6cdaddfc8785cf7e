//! The support bundle: every file of it can be read before it is saved; what is saved is what was read.

use crate::{
    format, ipc,
    live::order,
    parts::{Button, Dialog, Icon, ProblemNote, SkeletonRows, Tone},
    toast::toasts,
};
use heliograph_model::{Bundle, BundleFile, call::MakeBundle};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The dialog; a bundle is made when it opens.
#[component]
pub fn BundleDialog(open: RwSignal<bool>) -> impl IntoView {
    let made = RwSignal::new(None::<Bundle>);
    let chosen = RwSignal::new(0_usize);
    let make = order::<MakeBundle>(move |bundle| made.set(Some(bundle))).quiet();
    Effect::new(move |_| {
        if open.get() {
            made.set(None);
            chosen.set(0);
            make.run(MakeBundle {});
        }
    });
    let save = Callback::new(move |()| {
        let Some(bundle) = made.get_untracked() else { return };
        spawn_local(async move {
            match ipc::save_bundle(&bundle.id).await {
                Ok(true) => toasts().say(format!("Saved {}", bundle.name)),
                Ok(false) => {}
                Err(problem) => toasts().problem(&problem),
            }
        });
    });
    view! {
        <Dialog open title="Support bundle" class="wide" test="bundle">
            <p class="quiet">
                "For whoever helps you. Read each file: what you see is what is saved, and nothing is sent anywhere. It holds no names, no messages, no telephone numbers, no tokens."
            </p>
            <ProblemNote problem=make.problem again=Callback::new(move |()| make.run(MakeBundle {})) />
            {move || match made.get() {
                None => view! { <SkeletonRows n=3 /> }.into_any(),
                Some(bundle) => shown(&bundle, chosen),
            }}
            <footer class="form-foot">
                <Button label="Close" on_press=Callback::new(move |()| crate::parts::close_front_dialog()) />
                <Button
                    label=Signal::derive(move || {
                        made.with(|b| b.as_ref().map_or_else(|| "Save".to_owned(), |b| format!("Save, {}", format::bytes(b.bytes))))
                    })
                    icon=Some(Icon::Save)
                    tone=Tone::Primary
                    disabled=Signal::derive(move || made.with(Option::is_none))
                    on_press=save
                    test="bundle-save"
                />
            </footer>
        </Dialog>
    }
    .into_any()
}

fn shown(bundle: &Bundle, chosen: RwSignal<usize>) -> AnyView {
    let files = StoredValue::new(bundle.files.clone());
    let tab = move |(n, file): (usize, &BundleFile)| {
        view! {
            <button
                type="button"
                class="bundle-file"
                aria-pressed=move || if chosen.get() == n { "true" } else { "false" }
                data-test="bundle-file"
                on:click=move |_| chosen.set(n)
            >
                <span>{file.name.clone()}</span>
                <span class="quiet">{file.about.clone()}</span>
            </button>
        }
        .into_any()
    };
    let text = move || {
        let text = files.with_value(|f| f.get(chosen.get()).map(|f| f.text.clone())).unwrap_or_default();
        if text.is_empty() { "(empty)".to_owned() } else { text }
    };
    view! {
        <div class="bundle">
            <div class="bundle-files" role="group" aria-label="Files">
                {bundle.files.iter().enumerate().map(tab).collect_view()}
            </div>
            <pre class="bundle-text" tabindex="0" data-test="bundle-text">{text}</pre>
        </div>
    }
    .into_any()
}
