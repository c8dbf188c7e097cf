/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Chromium without a window, started anew for every page. */
final class HeadlessBrowser {
    static final String MISSING =
            "no Chromium was found; install chromium or name it with -Dchromium=/path/to/chromium or the environment variable CHROMIUM";

    private static final int MINUTES = 3;

    private final Path program;
    private final Path directory;

    private HeadlessBrowser(Path program, Path directory) {
        this.program = program;
        this.directory = directory;
    }

    /** Looks at the property, the environment and the usual names on the path. */
    static Optional<HeadlessBrowser> find(Path directory) {
        String named = System.getProperty("chromium", System.getenv().getOrDefault("CHROMIUM", ""));
        Stream<Path> candidates = named.isEmpty()
                ? Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                                .map(name -> Path.of(folder, name)))
                : Stream.of(Path.of(named));
        return candidates.filter(Files::isExecutable).findFirst().map(path -> new HeadlessBrowser(path, directory));
    }

    /** The document after its scripts have run. */
    String document(String address) throws IOException, InterruptedException {
        Path output = directory.resolve("document.html");
        run(output, "--virtual-time-budget=5000", "--dump-dom", address);
        return Files.readString(output);
    }

    void screenshot(String address, Path png, int width, int height) throws IOException, InterruptedException {
        run(
                directory.resolve("screenshot.log"),
                "--virtual-time-budget=5000",
                "--hide-scrollbars",
                "--window-size=%d,%d".formatted(width, height),
                "--screenshot=" + png.toAbsolutePath(),
                address);
    }

    private void run(Path output, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + Files.createTempDirectory(directory, "profile")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(directory.resolve("browser.log").toFile())
                .start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("%s has not finished within %d minutes".formatted(command, MINUTES));
        }
        if (process.exitValue() != 0) {
            throw new IOException("%s ended with %d: %s"
                    .formatted(command, process.exitValue(), Files.readString(directory.resolve("browser.log"))));
        }
    }
}
