/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.rerun;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What git knows of a directory.
 *
 * @param commit abbreviated hash
 * @param changed whether tracked files differ from it or others are not ignored
 */
public record WorkingTree(String commit, boolean changed) {
    /**
     * Asks git.
     *
     * @param directory inside of the working tree
     * @return its state
     * @throws IOException if git is missing or the directory is in no working tree
     */
    public static WorkingTree of(Path directory) throws IOException {
        return new WorkingTree(
                git(directory, "rev-parse", "--short", "HEAD"),
                !git(directory, "status", "--porcelain").isEmpty());
    }

    private static String git(Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("git", "-C", directory.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("git says '%s' in %s; a record needs the commit that was run"
                        .formatted(output, directory.toAbsolutePath()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while git ran", e);
        }
        return output;
    }

    /**
     * The commit, with a mark if it is not what was run.
     *
     * @return for a record
     */
    @Override
    public String toString() {
        return changed ? commit + " **with local changes**" : commit;
    }
}
