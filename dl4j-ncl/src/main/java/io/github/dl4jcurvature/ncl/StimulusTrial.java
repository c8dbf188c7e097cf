/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.SplittableRandom;

import io.github.dl4jcurvature.ncl.StimulusResponseTasks.Rule;

/**
 * One trial: when things happen, in steps, and where.
 *
 * @param rule the rule
 * @param modality of the stimuli, 0 or 1
 * @param angles of the stimuli
 * @param strengths of the stimuli
 * @param on first step of the stimuli
 * @param off one past their last step
 * @param release first step without the fixation cue
 * @param steps length of the trial
 * @param answer angle to report
 * @param noiseSeed of the noise of inputs and of the choice of labelled steps
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StimulusTrial(
        Rule rule,
        int modality,
        double[] angles,
        double[] strengths,
        int on,
        int off,
        int release,
        int steps,
        double answer,
        long noiseSeed) {

    /**
     * Sizes of what is shown and wanted.
     *
     * @param noise deviation of the noise of the inputs
     * @param base target of silent outputs
     * @param fixation what fixating adds to it
     * @param earlyWeight share of the steps before the answer that are labelled
     */
    record Levels(double noise, double base, double fixation, double earlyWeight) {}

    static StimulusTrial of(Rule rule, long seed, long index) {
        SplittableRandom random = new SplittableRandom((seed * 31 + index(rule)) * 1_000_003L + index);
        double angle = 2 * Math.PI * random.nextDouble();
        int modality = random.nextInt(2);
        return switch (rule) {
            case FDGO, FDANTI -> {
                double on = between(300, 700, random);
                double release = on + between(500, 1500, random);
                double end = release + between(300, 700, random);
                yield single(rule, modality, angle, new double[] {on, end, release, end}, random);
            }
            case DELAYGO, DELAYANTI -> {
                double on = between(300, 700, random);
                double off = on + between(200, 600, random);
                double release = off + between(200, 1600, random);
                double end = release + between(300, 700, random);
                yield single(rule, modality, angle, new double[] {on, off, release, end}, random);
            }
            case DM1, DM2 -> decision(rule, angle, random);
        };
    }

    private static StimulusTrial single(
            Rule rule, int modality, double angle, double[] times, SplittableRandom random) {
        boolean opposite = rule == Rule.FDANTI || rule == Rule.DELAYANTI;
        return new StimulusTrial(
                rule,
                modality,
                new double[] {angle},
                new double[] {1},
                step(times[0]),
                step(times[1]),
                step(times[2]),
                step(times[3]),
                opposite ? angle + Math.PI : angle,
                random.nextLong());
    }

    private static StimulusTrial decision(Rule rule, double angle, SplittableRandom random) {
        double other = angle + between(0.5 * Math.PI, 1.5 * Math.PI, random);
        double mean = between(0.8, 1.2, random);
        double contrast = between(0.4, 0.8, random) * (random.nextBoolean() ? 1 : -1);
        double on = between(100, 400, random);
        double release = on + between(600, 1400, random);
        double end = release + between(300, 700, random);
        return new StimulusTrial(
                rule,
                rule == Rule.DM1 ? 0 : 1,
                new double[] {angle, other},
                new double[] {mean + contrast, mean - contrast},
                step(on),
                step(release),
                step(release),
                step(end),
                contrast > 0 ? angle : other,
                random.nextLong());
    }

    private static double between(double from, double to, SplittableRandom random) {
        return from + (to - from) * random.nextDouble();
    }

    private static int step(double milliseconds) {
        return (int) (milliseconds / StimulusResponseTasks.STEP);
    }

    /** Fills in the rows of the trial. */
    void write(SequenceArrays arrays, int example, Levels levels) {
        SplittableRandom random = new SplittableRandom(noiseSeed);
        for (int t = 0; t < steps; t++) {
            double[] input = input(t);
            for (int channel = 0; channel < input.length; channel++) {
                arrays.input(example, channel, t, input[channel] + levels.noise() * random.nextGaussian());
            }
            boolean answers = t >= release;
            arrays.label(example, 0, t, levels.base() + (answers ? 0 : levels.fixation()));
            arrays.label(example, 1, t, levels.base() + (answers ? Math.sin(answer) : 0));
            arrays.label(example, 2, t, levels.base() + (answers ? Math.cos(answer) : 0));
            boolean early = random.nextDouble() < levels.earlyWeight();
            arrays.valid(example, t, t > release || (t > 0 && t < release && early));
        }
    }

    /** Position among the one-hot inputs. */
    private static int index(Rule rule) {
        return switch (rule) {
            case FDGO -> 0;
            case FDANTI -> 1;
            case DELAYGO -> 2;
            case DELAYANTI -> 3;
            case DM1 -> 4;
            case DM2 -> 5;
        };
    }

    private double[] input(int t) {
        double[] input = new double[StimulusResponseTasks.INPUTS];
        input[0] = t < release ? 1 : 0;
        for (int s = 0; s < angles.length && t >= on && t < off; s++) {
            input[1 + 2 * modality] += strengths[s] * Math.sin(angles[s]);
            input[2 + 2 * modality] += strengths[s] * Math.cos(angles[s]);
        }
        input[5 + index(rule)] = 1;
        return input;
    }
}
