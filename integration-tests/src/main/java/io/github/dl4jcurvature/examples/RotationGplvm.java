/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.nio.file.Path;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.gplvm.NumberTable;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.gplvm.FittedGplvm;
import io.github.dl4jcurvature.gplvm.LatentAlignment;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldGplvm;
import io.github.dl4jcurvature.gplvm.SyntheticNeurons;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rotations found behind the activity of a hundred neurons, from several starts of which the evidence chooses one. */
public final class RotationGplvm {
    private static final int NEURONS = 100;
    private static final int TIMES = 160;
    private static final int STARTS = 6;

    private RotationGplvm() {}

    /**
     * Fits and prints the errors after alignment.
     *
     * @param arguments a directory with recorded data {@code syn_SO3_Y.csv} and latents {@code syn_SO3_latents.csv}; drawn ones if absent
     */
    public static void main(String[] arguments) {
        Manifold rotations = Manifold.rotations();
        INDArray data;
        INDArray latents;
        if (arguments.length > 0) {
            Path directory = Path.of(arguments[0]);
            data = NumberTable.read(directory.resolve("syn_SO3_Y.csv"))
                    .transpose()
                    .dup('c');
            latents = NumberTable.read(directory.resolve("syn_SO3_latents.csv"));
        } else {
            SyntheticNeurons neurons = SyntheticNeurons.draw(rotations, NEURONS, TIMES, 1);
            data = neurons.data();
            latents = neurons.latents();
        }
        FittedGplvm fitted = ManifoldGplvm.builder(rotations)
                .sharedKernel(true)
                .samples(10)
                .inducing(30)
                .iterations(900)
                .burnIn(400)
                .learningRate(0.04)
                .reassignments(12)
                .restarts(STARTS)
                .build()
                .fit(data);
        LatentAlignment alignment =
                LatentAlignment.of(rotations, fitted.latents().means(), latents);
        System.out.println(Machine.description());
        System.out.println(new Figures()
                .put("evidence.per.time", fitted.evidencePerTime())
                .put("distance.correlation", alignment.distanceCorrelation())
                .put("mean.error.radians", alignment.meanError())
                .put("median.error.radians", alignment.medianError()));
    }
}
