/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

/** What a network is shown while it learns a stream of tasks. */
public enum LearningStrategy {
    /** Each task alone, one after another: the problem of continual learning, with whatever updater the network has. */
    SEQUENTIAL,
    /** Each task together with stored examples of earlier ones, as many in a batch. */
    REPLAY,
    /** Each task together with all data of earlier ones. */
    CUMULATIVE,
    /** All tasks at once, for as many iterations as all tasks take: the usual upper bound, without forward transfer. */
    JOINT
}
