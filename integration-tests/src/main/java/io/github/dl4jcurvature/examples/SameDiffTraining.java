/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.Locale;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.OpticalDigitsIterator;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.fisher.OutputLikelihood;
import io.github.dl4jcurvature.fisher.SameDiffCurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** A SameDiff classifier of handwritten digits, trained by FishLeg and by Adam at the rates of the quick start. */
public final class SameDiffTraining {
    private static final int UNITS = 32;
    private static final int BATCH = 50;
    private static final int SEEDS = 3;

    private SameDiffTraining() {}

    /**
     * Trains from three initialisations and prints loss on the training images and accuracy on others.
     *
     * @param arguments number of epochs, by default 20
     */
    public static void main(String[] arguments) {
        int epochs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        for (long seed = 1; seed <= SEEDS; seed++) {
            report("fishleg", seed, FishLeg.builder().startAsSgd(0.3).build(), epochs);
            report("adam", seed, new Adam(1e-2), epochs);
        }
    }

    private static void report(String name, long seed, IUpdater updater, int epochs) {
        SameDiff graph = classifier(seed);
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping("input")
                .dataSetLabelMapping("labels")
                .build());
        graph.addListeners(SameDiffCurvatureListener.builder()
                .output("logits", OutputLikelihood.CATEGORICAL, "labels")
                .layer("w0", "b0")
                .layer("w1", "b1")
                .build());
        graph.fit(new OpticalDigitsIterator(BATCH, Part.TRAIN, Target.CLASS, seed), epochs);

        System.out.printf(Locale.ROOT, "%s.%d.loss = %.5f%n", name, seed, loss(graph, all(Part.TRAIN)));
        System.out.printf(Locale.ROOT, "%s.%d.accuracy = %.4f%n", name, seed, accuracy(graph, all(Part.TEST)));
    }

    private static SameDiff classifier(long seed) {
        Nd4j.getRandom().setSeed(seed);
        SameDiff graph = SameDiff.create();
        SDVariable input = graph.placeHolder("input", DataType.FLOAT, -1, OpticalDigits.PIXELS);
        SDVariable labels = graph.placeHolder("labels", DataType.FLOAT, -1, OpticalDigits.CLASSES);
        SDVariable w0 = graph.var("w0", gaussian(OpticalDigits.PIXELS, UNITS));
        SDVariable b0 = graph.var("b0", Nd4j.zeros(DataType.FLOAT, UNITS));
        SDVariable w1 = graph.var("w1", gaussian(UNITS, OpticalDigits.CLASSES));
        SDVariable b1 = graph.var("b1", Nd4j.zeros(DataType.FLOAT, OpticalDigits.CLASSES));
        SDVariable hidden = graph.nn.relu(input.mmul(w0).add(b0), 0);
        SDVariable logits = hidden.mmul(w1).add("logits", b1);
        graph.loss.softmaxCrossEntropy("loss", labels, logits, null, LossReduce.MEAN_BY_WEIGHT, 0);
        graph.setLossVariables("loss");
        return graph;
    }

    /** Variance 2 / (inputs + outputs). */
    private static INDArray gaussian(long inputs, long outputs) {
        return Nd4j.randn(DataType.FLOAT, inputs, outputs).muli(Math.sqrt(2.0 / (inputs + outputs)));
    }

    private static DataSet all(Part part) {
        return new OpticalDigitsIterator(OpticalDigits.EXAMPLES, part, Target.CLASS, 1).next();
    }

    private static double loss(SameDiff graph, DataSet data) {
        return graph.batchOutput()
                .input("input", data.getFeatures())
                .input("labels", data.getLabels())
                .output("loss")
                .outputSingle()
                .getDouble(0);
    }

    private static double accuracy(SameDiff graph, DataSet data) {
        INDArray logits = graph.batchOutput()
                .input("input", data.getFeatures())
                .output("logits")
                .outputSingle();
        INDArray right = logits.argMax(1).eq(data.getLabels().argMax(1));
        return right.castTo(DataType.DOUBLE).meanNumber().doubleValue();
    }
}
