/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.rerun;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A class with a main method, run in a virtual machine of its own with one BLAS thread and the settings of this one. */
public final class ExampleProcess {
    private ExampleProcess() {}

    /**
     * Runs it to its end; its standard error is that of this process.
     *
     * @param type fully qualified name
     * @param arguments for its main method
     * @return what it printed to its standard output
     * @throws IOException if it cannot be started or fails
     */
    public static String run(String type, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-Xmx") || option.startsWith("-Dorg.bytedeco"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), type));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = await(process);
        if (code != 0) {
            throw new IOException("%s ended with code %d; its errors are above".formatted(type, code));
        }
        return output.strip();
    }

    private static int await(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while an example ran", e);
        }
    }
}
