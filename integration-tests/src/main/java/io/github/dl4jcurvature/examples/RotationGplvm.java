/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.nio.file.Path;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.gplvm.KnownTuning;
import io.github.dl4jcurvature.examples.gplvm.LearnedTuning;
import io.github.dl4jcurvature.examples.gplvm.NumberTable;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.gplvm.FittedGplvm;
import io.github.dl4jcurvature.gplvm.LatentAlignment;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldGplvm;
import io.github.dl4jcurvature.gplvm.SyntheticNeurons;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rotations found behind the activity of neurons, from several starts of which the evidence chooses one that then goes on with more
 * inducing points. Drawn data have the size of the example of Jensen, Kao, Tripodi and Hennequin, Manifold GPLVMs for discovering
 * non-Euclidean latent structure in neural data, NeurIPS 2020.
 */
public final class RotationGplvm {
    private static final int NEURONS = 300;
    private static final int TIMES = 600;
    private static final int STARTS = 6;

    private RotationGplvm() {}

    private record Recording(INDArray data, INDArray latents, INDArray preferred) {}

    /**
     * Fits and prints the errors after alignment, those of an observer who knows the tuning curves, and those of one who learns them
     * from the true latents of all other times.
     *
     * @param arguments a directory with recorded data {@code syn_SO3_Y.csv}, latents {@code syn_SO3_latents.csv} and preferred rotations
     *     {@code syn_SO3_pref.csv}, or the seed of drawn data, by default 1; then the number of starts, by default 6, and the numbers
     *     of neurons and times of drawn data as in {@code 100x160}, by default {@code 300x600}
     */
    public static void main(String[] arguments) {
        Manifold rotations = Manifold.rotations();
        String source = arguments.length > 0 ? arguments[0] : "1";
        int starts = arguments.length > 1 ? Integer.parseInt(arguments[1]) : STARTS;
        String size = arguments.length > 2 ? arguments[2] : NEURONS + "x" + TIMES;
        if (!size.matches("[1-9][0-9]*x[1-9][0-9]*")) {
            throw new IllegalArgumentException(
                    "the size is %s but must be neurons x times; write 100x160".formatted(size));
        }
        Recording recording = source.matches("[0-9]+")
                ? drawn(rotations, Long.parseLong(source), size.split("x"))
                : recorded(Path.of(source));
        INDArray data = recording.data();
        INDArray latents = recording.latents();
        KnownTuning observer = new KnownTuning(rotations, data, latents, recording.preferred());
        double known = observer.errors(data, latents).medianNumber().doubleValue();
        double learned =
                new LearnedTuning(data, latents).errors().medianNumber().doubleValue();
        FittedGplvm fitted = ManifoldGplvm.builder(rotations)
                .sharedKernel(true)
                .samples(10)
                .inducing(30)
                .refinedInducing(60)
                .iterations(900)
                .burnIn(400)
                .learningRate(0.04)
                .reassignments(12)
                .restarts(starts)
                .build()
                .fit(data);
        LatentAlignment alignment =
                LatentAlignment.of(rotations, fitted.latents().means(), latents);
        System.out.println(Machine.description());
        System.out.println(new Figures()
                .put("evidence.per.time", fitted.evidencePerTime())
                .put("distance.correlation", alignment.distanceCorrelation())
                .put("known.tuning.median.error.radians", known)
                .put("given.latents.median.error.radians", learned)
                .put("mean.error.radians", alignment.meanError())
                .put("median.error.radians", alignment.medianError()));
    }

    private static Recording drawn(Manifold rotations, long seed, String[] size) {
        SyntheticNeurons neurons =
                SyntheticNeurons.draw(rotations, Integer.parseInt(size[0]), Integer.parseInt(size[1]), seed);
        return new Recording(neurons.data(), neurons.latents(), neurons.preferred());
    }

    private static Recording recorded(Path directory) {
        return new Recording(
                NumberTable.read(directory.resolve("syn_SO3_Y.csv")).transpose().dup('c'),
                NumberTable.read(directory.resolve("syn_SO3_latents.csv")),
                NumberTable.read(directory.resolve("syn_SO3_pref.csv")));
    }
}
