//! `cargo xtask build worker`: the wasm, the JavaScript around it and the configuration, ready to deploy.
//!
//! Everything that is deployed ends up in `build/worker`, and nothing else does, because wrangler uploads
//! each file there. A change of the configuration alone never compiles Rust. `cargo xtask build contract`
//! builds another Worker from the same sources, which opens the parts of the adapter to the contract suite;
//! it is never deployed.

use crate::failure::{Doing, Failure, Outcome};
use crate::fresh::{self, Inputs};
use crate::interrupt::Interrupt;
use crate::node;
use crate::place::Place;
use crate::prepare;
use crate::process::run_aside;
use crate::size;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// The target that workerd runs.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Makes `#[wasm_bindgen]` reach promises through js-sys alone, which is smaller.
pub(crate) const JS_SYS: (&str, &str) = ("WASM_BINDGEN_USE_JS_SYS", "1");

/// The features that rustc and wasm-bindgen emit for [`TARGET`]; wasm-opt refuses instructions of features it was not
/// told about.
const WASM_FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    // wasm-bindgen catches what JavaScript throws inside the wasm.
    "--enable-exception-handling",
];

/// Passes of wasm-opt that make the wasm shorter and, compressed, longer.
const LENGTHENING: [&str; 4] = [
    "local-cse",
    "simplify-locals",
    "memory-packing",
    "merge-locals",
];

/// One of the Workers that the adapter is built to.
struct Build {
    name: &'static str,
    shim: &'static str,
    /// Arguments of cargo.
    features: &'static [&'static str],
}

const WORKER: Build = Build {
    name: "worker",
    shim: "edge-worker/shim.js",
    features: &[],
};

const CONTRACT: Build = Build {
    name: "contract",
    shim: "edge-worker/contract.js",
    features: &["--features", "contract"],
};

/// Builds `build/worker` and prints what a deployment of it weighs.
///
/// # Errors
/// A failed step, or a deployment over the limit.
pub(crate) fn build(place: &Place, interrupt: &Interrupt) -> Outcome {
    {
        let _turn = take_turn(place)?;
        WORKER.make(place, interrupt)?;
        configuration(
            &place.at("lychgate.toml"),
            &place.build("worker/lychgate.json"),
            interrupt,
        )?;
    }
    size::report(&place.build("worker"))
}

/// Builds `build/contract`.
///
/// # Errors
/// A failed step.
pub(crate) fn build_contract(place: &Place, interrupt: &Interrupt) -> Outcome {
    let _turn = take_turn(place)?;
    CONTRACT.make(place, interrupt)
}

/// Checks a configuration file and compiles it to the JSON that the shim imports.
///
/// # Errors
/// The faults that the check found; it has printed each error itself.
pub(crate) fn configuration(from: &Path, to: &Path, interrupt: &Interrupt) -> Outcome {
    eprintln!("[build] checking {}", from.display());
    let mut check = Command::new("cargo");
    check.args(["run", "--package", "lychgate", "--", "check"]);
    check.arg(from).arg("--emit-json").arg(to);
    run_aside("the check of the configuration", &mut check, interrupt)
}

/// Makes wrangler report and fetch nothing from outside, and keep its logs in `folder`.
pub(crate) fn keep_to_itself(wrangler: &mut Command, folder: &Path) {
    wrangler.env("WRANGLER_SEND_METRICS", "false");
    wrangler.env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    wrangler.env("WRANGLER_HIDE_BANNER", "true");
    wrangler.env("WRANGLER_LOG_PATH", folder.join("logs"));
    wrangler.env("WRANGLER_REGISTRY_PATH", folder.join("registry"));
    wrangler.env("CI", "1").env("NO_COLOR", "1");
}

/// Two builds at once would write the same files, and cargo has one place for both Workers and both components.
pub(crate) fn take_turn(place: &Place) -> Outcome<File> {
    let path = place.build("turn");
    fresh::write(&path, &[])?;
    let file = File::open(&path).doing("cannot open the lock of the build")?;
    file.lock().doing("cannot lock the build")?;
    Ok(file)
}

impl Build {
    fn make(&self, place: &Place, interrupt: &Interrupt) -> Outcome {
        prepare::rust_target(TARGET, interrupt)?;
        prepare::npm_packages(place, interrupt)?;
        self.compile(place, interrupt)?;
        self.glue(place)?;
        self.optimise(place, interrupt)?;
        self.bundle(place, interrupt)
    }

    fn compile(&self, place: &Place, interrupt: &Interrupt) -> Outcome {
        eprintln!("[build] compiling the {} for {TARGET}", self.name);
        let mut cargo = Command::new("cargo");
        cargo.args([
            "build",
            "--release",
            "--package",
            "lychgate-worker",
            "--target",
            TARGET,
        ]);
        cargo.args(self.features).env(JS_SYS.0, JS_SYS.1);
        run_aside(
            "the compilation of the Worker",
            cargo.current_dir(place.at("")),
            interrupt,
        )
    }

    fn glue(&self, place: &Place) -> Outcome {
        let compiled = place
            .cargo_target()
            .join(TARGET)
            .join("release/lychgate_worker.wasm");
        let mut inputs = Inputs::of_this_tool()?;
        inputs.file(&compiled)?;
        let script = self.glue_file(place, "lychgate.js");
        let outputs = [script.clone(), self.glue_file(place, "lychgate_bg.wasm")];
        inputs.make(place, &self.stamp("glue"), &outputs, || {
            eprintln!("[build] writing the JavaScript around the wasm");
            generate(&compiled, &self.glue_file(place, ""))?;
            let text = fs::read_to_string(&script).doing("cannot read the glue")?;
            fresh::write(&script, adapted(&text)?.as_bytes())
        })
    }

    fn optimise(&self, place: &Place, interrupt: &Interrupt) -> Outcome {
        let from = self.glue_file(place, "lychgate_bg.wasm");
        let folder = place.build(self.name);
        let to = folder.join("lychgate_bg.wasm");
        let mut inputs = Inputs::of_this_tool()?;
        inputs.file(&from)?;
        inputs.file(&place.at("package-lock.json"))?;
        fs::create_dir_all(&folder).doing(format_args!("cannot make {}", folder.display()))?;
        inputs.make(
            place,
            &self.stamp("optimise"),
            std::slice::from_ref(&to),
            || {
                eprintln!("[build] making the wasm smaller");
                let mut wasm_opt = node::program(place, "wasm-opt");
                wasm_opt
                    .arg("-Os")
                    // A function that is inlined in its one caller compresses worse than by itself, and so does code
                    // that is shorter but less alike.
                    .args(["--one-caller-inline-max-function-size", "0"])
                    .args(LENGTHENING.map(|pass| format!("--skip-pass={pass}")))
                    // The stack lies lowest, so that nothing stands at the first addresses.
                    .arg("--low-memory-unused")
                    .args(WASM_FEATURES)
                    .arg(&from)
                    .arg("-o")
                    .arg(&to);
                run_aside("wasm-opt", &mut wasm_opt, interrupt)
            },
        )
    }

    fn bundle(&self, place: &Place, interrupt: &Interrupt) -> Outcome {
        let shim = place.at(self.shim);
        let host = place.at("edge-worker/host.js");
        let glue = self.glue_file(place, "lychgate.js");
        let to = place.build(self.name).join("index.js");
        let mut inputs = Inputs::of_this_tool()?;
        let deployed = place.at(WORKER.shim);
        let ledger = place.at("edge-worker/ledger.js");
        let lock = place.at("package-lock.json");
        let microtask = place.at("edge-worker/microtask.js");
        for path in [&shim, &deployed, &ledger, &host, &microtask, &glue, &lock] {
            inputs.file(path)?;
        }
        inputs.make(
            place,
            &self.stamp("bundle"),
            std::slice::from_ref(&to),
            || {
                eprintln!("[build] bundling the JavaScript");
                let mut esbuild = node::program(place, "esbuild");
                esbuild
                    .arg(&shim)
                    .arg(format!("--outfile={}", to.display()))
                    .arg(format!("--inject:{}", microtask.display()));
                for (alias, path) in [("lychgate-glue", &glue), ("lychgate-host", &host)] {
                    esbuild.arg(format!("--alias:{alias}={}", path.display()));
                }
                esbuild.args([
                    "--bundle",
                    "--minify",
                    "--format=esm",
                    "--target=es2022",
                    "--log-level=warning",
                ]);
                esbuild.args([
                    "--external:*.wasm",
                    "--external:*.json",
                    "--external:cloudflare:*",
                ]);
                run_aside("esbuild", &mut esbuild, interrupt)
            },
        )
    }

    fn stamp(&self, step: &str) -> String {
        format!("{}-{step}", self.name)
    }

    fn glue_file(&self, place: &Place, name: &str) -> PathBuf {
        place.build("glue").join(self.name).join(name)
    }
}

/// The glue as workerd takes it: a compiled module comes by a plain import, not one of its source phase. At a
/// trap it also tells the host, so that nobody waits for what the lost instance had promised. Long texts, tokens above
/// all, go over as a whole where they are ASCII: a character at a time takes eight times as long.
fn adapted(glue: &str) -> Outcome<String> {
    const TRAP: &str = "function __wbg_call_abort_hook() {\n";
    const LOOP: &str = "    for (; offset < len; offset++) {\n";
    const WHOLE: &str = "    if (len > 32) {\n        \
        const { read } = cachedTextEncoder.encodeInto(arg, mem.subarray(ptr, ptr + len));\n        \
        if (read === len) offset = len;\n    }\n";
    if glue.matches(LOOP).count() != 1 {
        return Err(Failure::new("the glue no longer passes texts as it did"));
    }
    let glue = glue.replace(LOOP, &format!("{WHOLE}{LOOP}"));
    let (before, after) = glue
        .split_once(TRAP)
        .ok_or_else(|| Failure::new("the glue no longer says where it handles a trap"))?;
    let before = before.replace("import source ", "import ");
    Ok(format!(
        "import {{ trapped }} from \"lychgate-host\";\n{before}{TRAP}    trapped();\n{after}"
    ))
}

fn generate(compiled: &Path, folder: &Path) -> Outcome {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .out_name("lychgate")
        // The one start is that of the crate `worker`, which installs a panic hook that writes messages to the log.
        .emit_start(false)
        .reset_state_function(true)
        .force_enable_abort_handler(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .module(true)
        .and_then(|bindgen| bindgen.generate(folder))
        .map_err(|error| format!("{error:#}"))
        .doing("wasm-bindgen failed")
}
