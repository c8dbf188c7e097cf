/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.scaling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldLatentLayer;
import io.github.dl4jcurvature.gplvm.SparseGpOutputLayer;
import io.github.dl4jcurvature.gplvm.SyntheticNeurons;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** A latent variable model on the circle, collapsed bound: processor time of score and gradient as each size doubles in turn. */
public final class LatentPoints {
    /** Sizes of a model. */
    private record Sizes(String name, int neurons, int times, int inducing, int samples, boolean shared) {}

    private static final Sizes BASE = new Sizes("base", 16, 250, 15, 16, false);
    private static final List<Sizes> POINTS = List.of(
            BASE,
            new Sizes("neurons", 32, 250, 15, 16, false),
            new Sizes("times", 16, 500, 15, 16, false),
            new Sizes("inducing", 16, 250, 30, 16, false),
            new Sizes("samples", 16, 250, 15, 32, false),
            new Sizes("shared", 16, 250, 15, 16, true));
    private static final int WARM_UP = 20;
    private static final int REPETITIONS = 7;

    private LatentPoints() {}

    /**
     * Measures.
     *
     * @param figures receives seconds
     * @param extrapolation receives seconds for 256 neurons, 10 000 times and 60 inducing points, one at a time
     * @return the same
     */
    public static TextTable measure(Figures figures, Extrapolation extrapolation) {
        Map<String, Double> measured = new HashMap<>();
        TextTable table = new TextTable("model", "neurons", "times", "inducing", "samples", "score and gradient s");
        for (Sizes sizes : POINTS) {
            MultiLayerNetwork network = network(sizes);
            double seconds = ProcessorTime.median(WARM_UP, REPETITIONS, network::computeGradientAndScore);
            table.row(
                    sizes.shared() ? "shared kernel" : "a kernel each",
                    Integer.toString(sizes.neurons()),
                    Integer.toString(sizes.times()),
                    Integer.toString(sizes.inducing()),
                    Integer.toString(sizes.samples()),
                    "%.4f".formatted(seconds));
            figures.put("seconds.gplvm." + sizes.name(), seconds);
            measured.put(sizes.name(), seconds);
        }
        extrapolate(extrapolation, measured, "neurons", 1, BASE.neurons(), 256);
        extrapolate(extrapolation, measured, "times", 1, BASE.times(), 10_000);
        extrapolate(extrapolation, measured, "inducing", 2, BASE.inducing(), 60);
        return table;
    }

    private static void extrapolate(
            Extrapolation extrapolation, Map<String, Double> measured, String by, int power, int size, int target) {
        NavigableMap<Integer, Double> points = new TreeMap<>();
        points.put(size, Objects.requireNonNull(measured.get(BASE.name())));
        points.put(2 * size, Objects.requireNonNull(measured.get(by)));
        extrapolation.add("latent variables", by, power, points, target);
    }

    private static MultiLayerNetwork network(Sizes sizes) {
        Manifold circle = Manifold.circle();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Adam())
                .list()
                .layer(new ManifoldLatentLayer.Builder(circle)
                        .timePoints(sizes.times())
                        .samples(sizes.samples())
                        .build())
                .layer(new SparseGpOutputLayer.Builder(circle)
                        .timePoints(sizes.times())
                        .nOut(sizes.neurons())
                        .inducing(sizes.inducing())
                        .sharedKernel(sizes.shared())
                        .collapsed(true)
                        .threads(1)
                        .build())
                .setInputType(InputType.feedForward(1))
                .build());
        network.init();
        INDArray indices = Nd4j.arange(sizes.times()).castTo(DataType.DOUBLE).reshape(sizes.times(), 1);
        network.setInput(indices);
        network.setLabels(
                SyntheticNeurons.draw(circle, sizes.neurons(), sizes.times(), 1).data());
        return network;
    }
}
