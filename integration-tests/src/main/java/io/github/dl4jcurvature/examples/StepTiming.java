/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.SplittableRandom;

import io.github.dl4jcurvature.examples.experiment.LearningTask;
import io.github.dl4jcurvature.examples.experiment.NetworkDesign;
import io.github.dl4jcurvature.examples.experiment.TrainingRun;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.fishleg.FishLeg;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time of a FishLeg step over that of an Adam step on one autoencoder; FishLeg with frozen curvature shows what of it is
 * the step itself and what the auxiliary updates.
 *
 * <p>Blocks of steps of the two alternate, and each pair of neighbouring blocks gives one ratio: a disturbance of the
 * machine meets both or spoils few ratios, of which the median is reported. A block has a multiple of ten steps and so the
 * right share of auxiliary updates.
 */
final class StepTiming {
    private static final Logger LOG = LoggerFactory.getLogger(StepTiming.class);
    private static final int UPDATE_EVERY = 10;
    private static final int BATCH_SIZE = 100;
    private static final int EXAMPLES = 1000;
    private static final int WARM_UP_ROUNDS = 5;
    private static final int ROUNDS = 21;
    private static final long SEED = 1;

    private final String name;
    private final int block;
    private final NetworkDesign design;
    private final int inputs;
    private final double[] adamMilliseconds = new double[ROUNDS];
    private final double[] fishLegMilliseconds = new double[ROUNDS];
    private final double[] frozenMilliseconds = new double[ROUNDS];
    private final double[] ratios = new double[ROUNDS];
    private long parameters;
    private long adamState;
    private long fishLegState;

    /**
     * Prepares a measurement.
     *
     * @param name name in the figures
     * @param block number of steps of a block, a multiple of 10
     * @param sizes inputs, units of each hidden layer, outputs
     */
    StepTiming(String name, int block, int... sizes) {
        if (block % UPDATE_EVERY != 0) {
            throw new IllegalArgumentException(
                    "block is %d but must be a multiple of %d, the steps between two auxiliary"
                                    .formatted(block, UPDATE_EVERY)
                            + " updates; round it");
        }
        this.name = name;
        this.block = block;
        this.inputs = sizes[0];
        this.design = NetworkDesign.reluAutoencoder(sizes);
    }

    String name() {
        return name;
    }

    void measure() {
        LearningTask task = randomImages();
        TrainingRun adam = new TrainingRun(task, new Adam(1e-3), SEED);
        TrainingRun fishLeg = new TrainingRun(
                task, FishLeg.builder().updateEvery(UPDATE_EVERY).build(), SEED);
        TrainingRun frozen =
                new TrainingRun(task, FishLeg.builder().auxiliaryLearningRate(0).build(), SEED);
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            adam.trainSteps(block);
            fishLeg.trainSteps(block);
            frozen.trainSteps(block);
        }
        for (int round = 0; round < ROUNDS; round++) {
            adamMilliseconds[round] = millisecondsPerStep(adam);
            fishLegMilliseconds[round] = millisecondsPerStep(fishLeg);
            frozenMilliseconds[round] = millisecondsPerStep(frozen);
            ratios[round] = fishLegMilliseconds[round] / adamMilliseconds[round];
        }
        parameters = adam.parameters();
        adamState = adam.stateLength();
        fishLegState = fishLeg.stateLength();
        LOG.info("{} timed in {} blocks of {} steps each", design, ROUNDS, block);
    }

    private double millisecondsPerStep(TrainingRun run) {
        double before = run.seconds();
        return 1e3 * (run.trainSteps(block).seconds() - before) / block;
    }

    private LearningTask randomImages() {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] pixels = new float[EXAMPLES * inputs];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        INDArray images = Nd4j.create(pixels, new long[] {EXAMPLES, inputs}, DataType.FLOAT);
        DataSet data = new DataSet(images, images);
        return new LearningTask(name, design, data, data, data, BATCH_SIZE);
    }

    void addTo(TextTable table) {
        table.row(
                design.toString(),
                "%.3f".formatted(Quantiles.of(adamMilliseconds, 0.5)),
                "%.3f".formatted(Quantiles.of(fishLegMilliseconds, 0.5)),
                "%.3f".formatted(Quantiles.of(frozenMilliseconds, 0.5)),
                "%.2f".formatted(Quantiles.of(ratios, 0.5)),
                "%.2f to %.2f".formatted(Quantiles.of(ratios, 0.25), Quantiles.of(ratios, 0.75)),
                String.valueOf(adamState),
                String.valueOf(fishLegState),
                String.valueOf(parameters));
    }

    void addTo(Figures figures) {
        figures.put("fishleg.ms." + name, Quantiles.of(fishLegMilliseconds, 0.5))
                .put("frozen.ms." + name, Quantiles.of(frozenMilliseconds, 0.5))
                .put("adam.ms." + name, Quantiles.of(adamMilliseconds, 0.5))
                .put("fishleg.state." + name, fishLegState)
                .put("adam.state." + name, adamState)
                .put("ratio.lower.quartile." + name, Quantiles.of(ratios, 0.25))
                .put("ratio.upper.quartile." + name, Quantiles.of(ratios, 0.75))
                .put("ratio." + name, Quantiles.of(ratios, 0.5));
    }
}
