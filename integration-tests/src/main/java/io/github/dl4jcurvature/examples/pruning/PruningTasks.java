/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which classifiers an example prunes. */
final class PruningTasks {
    private static final List<String> EMBEDDED = List.of("digits", "digits-conv");
    private static final List<String> MNIST = List.of("mnist", "mnist-conv");

    private PruningTasks() {}

    /** The tasks that the arguments name: a directory with the MNIST files, if wanted, then names. */
    static List<PruningTask> of(String... arguments) {
        List<String> names = new ArrayList<>(Arrays.asList(arguments));
        Path directory = null;
        if (!names.isEmpty() && !EMBEDDED.contains(names.get(0)) && !MNIST.contains(names.get(0))) {
            directory = Path.of(names.remove(0));
        }
        if (names.isEmpty()) {
            names.addAll(EMBEDDED);
            names.addAll(directory == null ? List.of() : MNIST);
        }
        List<PruningTask> tasks = new ArrayList<>();
        for (String name : names) {
            if (MNIST.contains(name) && directory == null) {
                throw new IllegalArgumentException(
                        "network '%s' needs the MNIST files; give their directory as the first argument"
                                .formatted(name));
            }
            tasks.add(task(name, directory == null ? Path.of("") : directory));
        }
        return tasks;
    }

    private static PruningTask task(String name, Path directory) {
        return switch (name) {
            case "digits" -> DigitsTask.dense();
            case "digits-conv" -> DigitsTask.convolutional();
            case "mnist" -> MnistTask.dense(directory);
            case "mnist-conv" -> MnistTask.convolutional(directory);
            default ->
                throw new IllegalArgumentException(
                        "network '%s' is unknown; choose among %s and %s".formatted(name, EMBEDDED, MNIST));
        };
    }
}
