/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Stimulus-response tasks for recurrent networks: fixate, and after the fixation cue has gone report an angle that stimuli told.
 *
 * <p>Inputs, shape [trials, {@value #INPUTS}, steps]: fixation cue, sine and cosine of a stimulus in each of two modalities, and
 * the rule as one-hot. Outputs, shape [trials, {@value #OUTPUTS}, steps]: fixation, sine and cosine. Targets are 0.05 plus 0.8 of
 * fixation before the cue goes, and plus sine and cosine of the answer after it. Trials of a batch are padded, with masks.
 *
 * <p>An adaptation of the tasks of Yang et al. (Nature Neuroscience 2019) as used by Kao et al. (NeurIPS 2021), for the host's
 * layers, which neither leak nor are noisy: a step is 100 ms, at which a neuron with that time constant does not leak; noise is
 * that of the inputs alone, of deviation \( 0.1 \sqrt 2 \); and since the host's losses have no weights of steps, the five times
 * smaller weight before the answer is a label mask that keeps a fifth of the steps, drawn at random, and fixation counts like the other
 * outputs, not twice.
 */
public final class StimulusResponseTasks {
    /** Number of input channels. */
    public static final int INPUTS = 11;

    /** Number of output channels. */
    public static final int OUTPUTS = 3;

    /** A step in milliseconds. */
    public static final int STEP = 100;

    private static final double INPUT_NOISE = 0.1 * Math.sqrt(2);
    private static final double BASE = 0.05;
    private static final double FIXATION = 0.8;
    private static final double EARLY_WEIGHT = 0.2;
    private static final double TOLERANCE = 0.1 * Math.PI;

    /** The rules, in the usual order of the tasks. */
    public enum Rule {
        /** Go to the stimulus, which stays on. */
        FDGO,
        /** Go opposite to the stimulus, which stays on. */
        FDANTI,
        /** Go to where the stimulus was. */
        DELAYGO,
        /** Go opposite to where the stimulus was. */
        DELAYANTI,
        /** Go to the stronger of two stimuli in the first modality. */
        DM1,
        /** Go to the stronger of two stimuli in the second modality. */
        DM2
    }

    private StimulusResponseTasks() {}

    /**
     * The six tasks one after another.
     *
     * @param trainTrials trials to learn each task from
     * @param testTrials other trials to judge it by
     * @param seed of all trials
     * @param type FLOAT or DOUBLE
     * @return the stream; trials are made when they are wanted
     */
    public static TaskStream stream(long trainTrials, long testTrials, long seed, DataType type) {
        List<Task> tasks = new ArrayList<>();
        for (Rule rule : Rule.values()) {
            tasks.add(new Task(
                    rule.name().toLowerCase(Locale.ROOT),
                    trials(rule, trainTrials, 2 * seed, type),
                    trials(rule, testTrials, 2 * seed + 1, type)));
        }
        return new TaskStream(TaskStream.Scenario.OTHER, tasks);
    }

    /**
     * Trials of one rule.
     *
     * @param rule the rule
     * @param count number of trials
     * @param seed of the trials
     * @param type FLOAT or DOUBLE
     * @return the trials, made when they are wanted
     */
    public static TaskData trials(Rule rule, long count, long seed, DataType type) {
        return new TaskData() {
            @Override
            public long examples() {
                return count;
            }

            @Override
            public MultiDataSet batch(long... indices) {
                List<StimulusTrial> trials = new ArrayList<>();
                for (long index : indices) {
                    trials.add(StimulusTrial.of(rule, seed, index));
                }
                return assemble(trials, type);
            }
        };
    }

    private static MultiDataSet assemble(List<StimulusTrial> trials, DataType type) {
        int steps = trials.stream().mapToInt(StimulusTrial::steps).max().orElse(1);
        SequenceArrays arrays = new SequenceArrays(trials.size(), steps);
        for (int n = 0; n < trials.size(); n++) {
            trials.get(n).write(arrays, n, new StimulusTrial.Levels(INPUT_NOISE, BASE, FIXATION, EARLY_WEIGHT));
        }
        return arrays.toDataSet(INPUTS, OUTPUTS, type);
    }

    /**
     * Share of trials that are answered correctly: in the last step fixation is released, its output at most 0.5, and the angle of
     * the other two is within 0.1 \( \pi \) of the answer.
     *
     * @return the metric
     */
    public static TaskMetric correct() {
        return TaskMetric.perExample("correct", StimulusResponseTasks::correct);
    }

    private static boolean correct(INDArray output, INDArray labels, int lastStep) {
        double answer = Math.atan2(labels.getDouble(1, lastStep) - BASE, labels.getDouble(2, lastStep) - BASE);
        double given = Math.atan2(output.getDouble(1, lastStep), output.getDouble(2, lastStep));
        double error = Math.abs(Math.IEEEremainder(given - answer, 2 * Math.PI));
        return output.getDouble(0, lastStep) <= 0.5 && error <= TOLERANCE;
    }
}
