/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

/** What a network shall produce from an image. */
public enum Target {
    /** The image itself: labels are the features. */
    PIXELS,
    /** The class shown, one-hot. */
    CLASS
}
