/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.gplvm.FlyRecording;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.gplvm.FittedGplvm;
import io.github.dl4jcurvature.gplvm.HeldOutStart;
import io.github.dl4jcurvature.gplvm.LatentAlignment;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldGplvm;
import io.github.dl4jcurvature.gplvm.TopologyComparison;
import io.github.dl4jcurvature.gplvm.TopologyCrossValidation;

/** Is there a ring in the ellipsoid body of a fly? Published figures at published parameters, a fit, and cross-validation. */
public final class FlyGplvm {
    private static final int ITERATIONS = 300;
    private static final int BURN_IN = 100;
    private static final double RATE = 0.08;
    private static final int SPLITS = 10;
    private static final int HELD_OUT_ITERATIONS = 360;

    private FlyGplvm() {}

    /**
     * Runs all and prints the figures.
     *
     * @param arguments directory of the recordings
     */
    public static void main(String[] arguments) {
        if (arguments.length != 1 || !Files.isDirectory(Path.of(arguments[0]))) {
            throw new IllegalArgumentException(
                    "the directory of the fly recordings is missing or does not exist: give it as the only argument");
        }
        FlyRecording recording = new FlyRecording(Path.of(arguments[0]));
        Manifold circle = Manifold.circle();
        Manifold line = Manifold.euclidean(1);
        double boundOfCircle = recording.published(circle).boundAtMeans();
        double boundOfLine = recording.published(line).boundAtMeans();
        System.out.printf("bounds at published parameters: T1 %.9f, R1 %.9f%n", boundOfCircle, boundOfLine);

        FittedGplvm fitted = ManifoldGplvm.builder(circle)
                .iterations(ITERATIONS)
                .burnIn(BURN_IN)
                .learningRate(RATE)
                .build()
                .fit(recording.data());
        double evidence = fitted.evidencePerTime();
        double agreement = LatentAlignment.of(circle, fitted.latents().means(), recording.publishedAngles())
                .agreement();
        System.out.printf("T1 after %d iterations: evidence %.4f, agreement %.4f%n", ITERATIONS, evidence, agreement);

        TopologyComparison comparison = TopologyCrossValidation.builder()
                .splits(SPLITS)
                .start(HeldOutStart.IDENTITY)
                .model(model -> model.iterations(HELD_OUT_ITERATIONS)
                        .burnIn(BURN_IN)
                        .learningRate(RATE)
                        .samples(8))
                .build()
                .compare(recording.data(), List.of(circle, line));
        System.out.println(Machine.description());
        System.out.println(comparison.toMarkdown());
        System.out.println(comparison.toCsv());
        System.out.println(new Figures()
                .put("bound.t1", boundOfCircle)
                .put("bound.r1", boundOfLine)
                .put("elbo.t1", evidence)
                .put("agreement", agreement)
                .put("cv.wins", comparison.wins(circle, line)));
    }
}
